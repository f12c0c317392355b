// What every part of the pane works with: one job at a time, what is said of it, links to cells.

import { button, find, make } from "./elements.js";
import { ExcelError, goTo, restore, workbook, write } from "./excel.js";
import { ask, Refusal, Unreachable } from "./server.js";

const UNREADABLE = [400, 413, 422];
const NO_ACCESS = 401;

let running;

/** Replaces what a place holds; the focus stays on what has the same id, or goes elsewhere. */
const replace = (place, children, elsewhere) => {
  const { activeElement } = document;
  const focused = place.contains(activeElement) && activeElement !== place;
  place.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (focused) {
    (find(activeElement.id) ?? elsewhere).focus();
  }
};

const problem = (error, again) => {
  const words = [make("p", {}, error.message)];
  if (error.status === NO_ACCESS && find("login")) {
    find("login").open = true;
  }
  if (UNREADABLE.includes(error.status)) {
    words.push(make("p", {}, make("a", { href: "./" }, "Which workbooks it works on")));
  }
  if (again) {
    words.push(button("Try again", () => work(...again)));
  }
  replace(find("problem"), [make("div", { class: "card bad" }, words)], find("status"));
  if (![Refusal, Unreachable, ExcelError].some((kind) => error instanceof kind)) {
    console.error(error); // a mistake of ours: the console tells a developer where
  }
};

/** Says what has happened, to the eye and to a screen reader. */
export const say = (words, ...actions) => {
  find("status").textContent = words;
  replace(find("actions"), actions, find("status"));
};

/** Waits until no job is running. */
export const idle = async () => {
  while (running) {
    await running;
  }
};

/**
 * Does one job, if no other is running; what goes wrong is shown with a way to try again.
 * Returns whether it was done.
 */
export const work = async (words, job) => {
  if (running) {
    return false;
  }
  let finish;
  running = new Promise((done) => {
    finish = done;
  });
  find("inside").setAttribute("aria-busy", "true");
  replace(find("problem"), [], find("status"));
  say(words);
  try {
    await job();
    if (find("status").textContent === words) {
      say("");
    }
    return true;
  } catch (error) {
    say("");
    problem(error, [words, job]);
    return false;
  } finally {
    running = undefined;
    find("inside").removeAttribute("aria-busy");
    finish();
  }
};

/** Sends the open workbook to the server for a job and returns its answer. */
export const answer = async (job, query) => ask(job, await workbook(), query);

/** Makes a button that shows a cell, or an area, in Excel. */
export const link = (sheet, area, words) =>
  button(
    words ?? (area ? `${sheet}!${area}` : sheet),
    () => work(`Going to ${sheet}`, () => goTo(sheet, area)),
    { class: "link", title: `Go to ${sheet}${area ? `!${area}` : ""}` },
  );

/** Shows something in a place of the page. */
export const show = (id, ...children) => {
  const place = find(id);
  delete place.dataset.old;
  replace(place, children, find(place.dataset.focus) ?? find("status"));
};

/** Says over every result that it was computed before the workbook was changed. */
export const outdate = () => {
  for (const place of document.querySelectorAll(".result:not([data-old]):not(:empty)")) {
    place.dataset.old = "yes";
    place.prepend(make("p", { class: "warning" }, "Computed before the workbook was changed."));
  }
};

/** Writes a value into a cell, reads the workbook again, and offers to undo it. */
export const change = (words, sheet, cell, value, reload) =>
  work("Writing into the workbook", async () => {
    const before = await write(sheet, cell, value);
    const undo = button("Undo", () =>
      work("Undoing", async () => {
        await restore(sheet, cell, before);
        await reload();
        say("Undone.");
      }),
    );
    const done = `${words} in ${sheet}!${cell}.`;
    say(done, undo); // it is written, whatever the server says of it
    await reload();
    say(done, undo);
  });
