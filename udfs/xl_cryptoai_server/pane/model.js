// The model in the open workbook: headline, segments, scenario, overrides and what each one did.

import { answer, change, link, show, work } from "./desk.js";
import { bars, button, find, make } from "./elements.js";
import { readFigure } from "./figures.js";

const HOW = "Write it as 0.4, 40%, 58.75B or 1.5e12.";

let model;

/** Reads the workbook again and shows its model. */
export const load = async () => {
  find("stale").hidden = true; // what changes from here on shows it again
  try {
    model = await answer("model");
  } catch (error) {
    model = undefined;
    find("headline").hidden = true;
    find("model").classList.add("without");
    throw error;
  }
  find("model").classList.remove("without");
  headline();
  show("segments", bars(model.segments.map((one) => ({ ...one, value: one.value ?? 0 }))));
  overrides();
  choices();
  moved();
  show("assumptions", all());
  find("program").textContent =
    `${model.title}. Read by ${model.program}; file ${model.file_hash.slice(0, 12)}.`;
};

/** Reads the workbook again as a job of its own. */
export const reload = () => work("Reading the workbook", load);

const headline = () => {
  const { total, scenario, checks, deviation } = model;
  const buttons = scenario.choices.map((choice) =>
    button(
      choice.label,
      () =>
        change(`Scenario ${choice.label}`, scenario.sheet, scenario.cell, choice.label, load),
      { id: `scenario-${choice.id}`, "aria-pressed": String(choice.id === scenario.id) },
    ),
  );
  const notes = model.problem ? [model.problem] : [];
  if (model.functions_available === false) {
    notes.push("The functions are not available in this workbook: the native formulas are in use.");
  }
  find("headline").hidden = false;
  show(
    "headline",
    make(
      "div",
      { class: "row" },
      make("h2", {}, `${total.label} ${model.year ?? ""}, live`),
      make("span", { class: checks.passed ? "good" : "bad" }, checks.text),
    ),
    make(
      "div",
      { class: "row" },
      make("strong", { id: "total", class: "figure" }, total.text),
      make("div", { role: "group", "aria-label": "Scenario", class: "choice" }, buttons),
    ),
    make(
      "p",
      { id: "deviation", class: "quiet" },
      deviation.value === null
        ? `Published: ${total.base_text}`
        : `${deviation.text} against the published ${total.base_text}`,
    ),
    notes.map((words) => make("p", { class: "warning" }, words)),
  );
};

const name = ({ label, override: { sheet, cell } }) => (cell ? link(sheet, cell, label) : label);

const overridden = () =>
  model.assumptions.filter(({ override }) => ![null, undefined, ""].includes(override.value));

const overrides = () => {
  const rows = overridden().map((one) =>
    make(
      "li",
      {},
      make(
        "div",
        { class: "row" },
        make("span", {}, name(one)),
        make("span", { class: "live number" }, one.effect?.text),
      ),
      make(
        "div",
        { class: "row" },
        make("span", {}, make("b", {}, one.text), ` for ${one.scenario_text}`),
        button(
          "Remove",
          () => change(`${one.label} removed`, one.override.sheet, one.override.cell, "", load),
          { id: `remove-${one.id}`, "aria-label": `Remove the override of ${one.label}` },
        ),
      ),
      make("p", { class: "quiet" }, `${one.scenario_text} is ${one.source}`),
    ),
  );
  show(
    "overrides",
    rows.length
      ? make("ul", { class: "list" }, rows)
      : make("p", { class: "quiet" }, "None: every assumption has its scenario's value."),
  );
};

const all = () =>
  make(
    "ul",
    { class: "list" },
    model.assumptions.map((one) =>
      make(
        "li",
        {},
        make("div", { class: "row" }, name(one), make("b", { class: "number" }, one.text)),
        make("div", { class: "quiet" }, `${one.unit}. ${one.source}`),
      ),
    ),
  );

/** What every assumption that differs from the published case does to the total. */
const moved = () => {
  const rows = model.assumptions
    .filter(({ effect }) => effect !== null)
    .map((one) => ({ label: `${one.label}, ${one.text} for ${one.base_text}`, ...one.effect }))
    .sort((one, other) => Math.abs(other.value) - Math.abs(one.value));
  find("moved").hidden = rows.length === 0;
  show("effects", bars(rows));
};

const form = () => find("override");

const chosen = () => model.assumptions.find(({ id }) => id === form().elements.id.value);

const choices = () => {
  const { id } = form().elements;
  const before = id.value;
  id.replaceChildren(
    ...model.assumptions.map((one) => make("option", { value: one.id }, one.label)),
  );
  if (model.assumptions.some((one) => one.id === before)) {
    id.value = before;
  }
  hint();
};

const hint = () => {
  const one = chosen();
  const { value, choice } = form().elements;
  const given = one?.choices ?? [];
  value.hidden = given.length > 0;
  choice.hidden = given.length === 0;
  choice.replaceChildren(...given.map((text) => make("option", { value: text }, text)));
  value.removeAttribute("aria-invalid");
  find("hint").textContent = one
    ? `Now ${one.text} (${one.unit}), Base ${one.base_text}; allowed: ${one.allowed}.`
    : "";
};

const refuse = (words) => {
  const { value } = form().elements;
  value.setAttribute("aria-invalid", "true");
  find("hint").textContent = words;
  value.focus();
};

const set = (event) => {
  event.preventDefault();
  const one = chosen();
  if (one === undefined || !one.override.cell) {
    refuse("The workbook has no cell for this override.");
    return;
  }
  const { value, choice } = form().elements;
  const typed = value.hidden ? choice.value : value.value;
  const figure = value.hidden ? typed : readFigure(typed);
  if (figure === undefined) {
    refuse(`${one.label} cannot be "${typed}". ${HOW}`);
    return;
  }
  value.removeAttribute("aria-invalid");
  change(`${one.label} set to ${typed}`, one.override.sheet, one.override.cell, figure, load).then(
    (done) => {
      if (done) {
        value.value = "";
      }
    },
  );
};

/** Lets the form work. */
export const start = () => {
  find("read-again").addEventListener("click", reload);
  form().elements.id.addEventListener("change", hint);
  form().addEventListener("submit", set);
};
