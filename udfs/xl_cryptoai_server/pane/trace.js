// The trace of the active cell: what it is computed from, down to the sources.

import { answer, link, say, show, work } from "./desk.js";
import { find, grow, make } from "./elements.js";
import { activeCell } from "./excel.js";

const OPEN_LEVELS = 2;

/** Says which cell is active, and returns it. */
export const showSelected = async () => {
  const at = await activeCell();
  find("selected").textContent = `Selected: ${at.sheet}!${at.cell}`;
  return at;
};

/** Traces the active cell. */
export const trace = () =>
  work("Tracing", async () => {
    const at = await showSelected();
    const { nodes, roots } = await answer("trace", at);
    const known = new Map(nodes.map((node) => [node.id, node]));
    const shown = new Set();
    const tops = roots.map((id) => branch(known.get(id), known, shown, 0));
    show("traced", make("ul", { class: "tree" }, tops));
    const behind = (nodes.length - roots.length).toLocaleString("en");
    say(`${at.sheet}!${at.cell} is computed from ${behind} cells.`);
  });

/** A formula as Excel shows it: without the prefixes that only files have. */
const asShown = (formula) =>
  formula.replaceAll(/_xldudf_([A-Z0-9]+)_/g, "$1.").replaceAll(/_xl(?:fn|ws|pm|op|udf)\./g, "");

const branch = (node, known, shown, level) => {
  const head = make(
    "div",
    { class: "node" },
    link(node.sheet, node.cell, node.label || `${node.sheet}!${node.cell}`),
    " ",
    make("b", {}, node.value_text),
    " ",
    make("span", { class: "quiet" }, `${node.sheet}!${node.cell}`),
    node.formula ? make("code", {}, asShown(node.formula)) : null,
    node.source ? make("p", { class: "source", title: node.rationale }, node.source) : null,
    (node.notes ?? []).map((note) => make("p", { class: "warning" }, note)),
  );
  const inputs = (node.inputs ?? []).map((id) => known.get(id)).filter(Boolean);
  if (inputs.length === 0) {
    return make("li", {}, head);
  }
  if (shown.has(node.id)) {
    return make("li", {}, head, make("p", { class: "quiet" }, "Its inputs are shown above."));
  }
  shown.add(node.id);
  const count = `${inputs.length.toLocaleString("en")} ${inputs.length === 1 ? "input" : "inputs"}`;
  const list = make("ul", { class: "tree" });
  const more = make("details", {}, make("summary", {}, count), list);
  const fill = () => grow(list, inputs, (one) => branch(one, known, shown, level + 1));
  // what is closed is made when it is opened: a trace can have 20,000 cells
  if (level < OPEN_LEVELS) {
    more.open = true;
    fill();
  } else {
    more.addEventListener("toggle", fill, { once: true });
  }
  return make("li", {}, head, more);
};

/** Lets the button work. */
export const start = () => find("trace-run").addEventListener("click", trace);
