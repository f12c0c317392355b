// The findings of the audit, each with a link to its cells.

import { answer, link, say, show, work } from "./desk.js";
import { find, grow, make } from "./elements.js";

/** Audits the open workbook. */
export const audit = () =>
  work("Auditing", async () => {
    const { summary, findings } = await answer("audit");
    const list = make("ul", { class: "list" });
    grow(list, findings, row);
    show("audited", make("p", { id: "summary" }, summary), list);
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
