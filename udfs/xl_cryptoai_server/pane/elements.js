// Elements of the page. Text is only ever put in as text: nothing of a workbook becomes markup.

const SVG = "http://www.w3.org/2000/svg";

const fill = (made, given, children) => {
  for (const [name, value] of Object.entries(given)) {
    if (typeof value === "function") {
      made.addEventListener(name, value);
    } else if (value !== undefined && value !== null && value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return made;
};

/** Makes an element: attributes, listeners (functions, by the name of their event), children. */
export const make = (tag, given = {}, ...children) =>
  fill(document.createElement(tag), given, children);

/** Makes an element of an SVG drawing. */
export const draw = (tag, given = {}, ...children) =>
  fill(document.createElementNS(SVG, tag), given, children);

/** Finds an element of the page by its id. */
export const find = (id) => document.getElementById(id);

/** Makes a button. */
export const button = (words, click, given = {}) =>
  make("button", { type: "button", click, ...given }, words);

/** Adds items to a list, so many at a time, with a button for the next of them. */
export const grow = (list, items, row, most = 100, from = 0) => {
  list.append(...items.slice(from, from + most).map(row));
  const next = from + most;
  if (next < items.length) {
    const left = (items.length - next).toLocaleString("en");
    const more = () => {
      rest.remove();
      grow(list, items, row, most, next);
      list.children[next].querySelector("button")?.focus();
    };
    const rest = make("li", {}, button(`Show more (${left} left)`, more));
    list.append(rest);
  }
};

/** Makes rows of bars, each as long as its value beside the largest, or beside what is given. */
export const bars = (rows, longest) => {
  const largest = longest ?? (Math.max(...rows.map((row) => Math.abs(row.value)), 0) || 1);
  return make(
    "ul",
    { class: "bars" },
    rows.map((row) => {
      const bar = draw("rect", {
        height: 8,
        width: (100 * Math.abs(row.value)) / largest,
        class: row.value < 0 ? "minus" : "plus",
      });
      return make(
        "li",
        {},
        make("span", { class: "label" }, row.label),
        make("span", { class: "number" }, row.text),
        draw("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" }, bar),
      );
    }),
  );
};
