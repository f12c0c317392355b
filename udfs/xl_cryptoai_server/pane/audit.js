// The findings of the audit, each with a link to its cells.

import { answer, link, say, show, work } from "./desk.js";
import { button, find, make } from "./elements.js";

const MOST_SHOWN = 100;

/** Audits the open workbook. */
export const audit = () =>
  work("Auditing", async () => {
    const { summary, findings } = await answer("audit");
    const list = make("ul", { class: "list" });
    const place = make("div", {}, list);
    let next = 0;
    const grow = () => {
      list.append(...findings.slice(next, next + MOST_SHOWN).map(row));
      next += MOST_SHOWN;
      if (next < findings.length) {
        const left = (findings.length - next).toLocaleString("en");
        const rest = button(`Show more (${left} left)`, () => (rest.remove(), grow()));
        place.append(rest);
      }
    };
    grow();
    show("audited", make("p", { id: "summary" }, summary), place);
    say(summary);
  });

const row = (finding) =>
  make(
    "li",
    {},
    make(
      "div",
      { class: "row" },
      finding.sheet
        ? link(finding.sheet, finding.area)
        : make("span", {}, finding.where || "The whole workbook"),
      make("span", { class: `severity ${finding.severity}` }, finding.severity),
    ),
    make("p", {}, finding.text),
    finding.fix ? make("p", { class: "quiet" }, finding.fix) : null,
    make("p", { class: "quiet" }, `${finding.title} (${finding.rule})`),
  );

/** Lets the button work. */
export const start = () => find("audit-run").addEventListener("click", audit);
