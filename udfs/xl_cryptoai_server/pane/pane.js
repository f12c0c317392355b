// The task pane: its parts, which of them is open, and what happens when the workbook changes.

import * as audit from "./audit.js";
import { idle, outdate } from "./desk.js";
import { find } from "./elements.js";
import { inExcel, officeIsDark, shown, watch } from "./excel.js";
import * as model from "./model.js";
import * as simulate from "./simulate.js";
import * as trace from "./trace.js";

const PARTS = {
  model: () => {},
  trace: trace.trace,
  audit: audit.audit,
  simulate: simulate.simulate,
};

const open = (name) => {
  for (const part of Object.keys(PARTS)) {
    const tab = find(`tab-${part}`);
    tab.setAttribute("aria-selected", String(part === name));
    tab.tabIndex = part === name ? 0 : -1;
    find(part).hidden = part !== name;
  }
};

/** The part that the address names, such as #audit; Office may have put more behind it. */
const named = () => Object.keys(PARTS).find((part) => location.hash.split(/[#&?]/)[1] === part);

const openNamed = async () => {
  const part = named();
  if (part !== undefined) {
    open(part);
    await idle(); // the ribbon may ask while a job is running
    await PARTS[part]();
  }
};

const arrows = (event) => {
  const tabs = Object.keys(PARTS).map((part) => find(`tab-${part}`));
  const now = tabs.indexOf(document.activeElement);
  const places = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: tabs.length - 1 };
  if (now >= 0 && event.key in places) {
    event.preventDefault();
    const tab = tabs.at(places[event.key] % tabs.length);
    tab.click();
    tab.focus();
  }
};

const changed = (byUs) => {
  outdate();
  if (!byUs) {
    find("stale").hidden = false;
  }
};

const start = async () => {
  document.title = document.querySelector("h1").textContent;
  if (!(await inExcel())) {
    find("outside").hidden = false;
    return;
  }
  const dark = officeIsDark(); // where Office does not say, the system does
  if (dark !== undefined) {
    find("dark").media = dark ? "all" : "not all";
  }
  for (const part of Object.keys(PARTS)) {
    find(`tab-${part}`).addEventListener("click", () => open(part));
  }
  document.querySelector("[role=tablist]").addEventListener("keydown", arrows);
  for (const part of [model, trace, audit, simulate]) {
    part.start();
  }
  open(named() ?? "model");
  find("inside").hidden = false;
  await shown(); // nothing is read, and nothing sent, for a pane that nobody sees
  await watch(() => trace.showSelected().catch(() => {}), changed).catch(() => {});
  await trace.showSelected().catch(() => {});
  await model.reload();
  globalThis.addEventListener("hashchange", openNamed);
  await openNamed();
};

start();
