// Lets a visitor try one function: the form's fields go to the server as cells, as Excel sends them.

import { readFigure } from "../pane/figures.js";

const ACCESS_KEY = "xl-cryptoai-access-key"; // where the add-in's pane keeps it, see auth.js
const WAIT = 130_000; // milliseconds: the server itself gives up after 120 s
const { call, provider } = document.body.dataset;

/** Reads a cell: a figure, TRUE or FALSE, or a text. */
function cellOf(text) {
  const typed = text.trim();
  return readFigure(typed) ?? { TRUE: true, FALSE: false }[typed.toUpperCase()] ?? typed;
}

/** Reads an argument: rows of cells, or null if it is left out. */
function rowsOf(text) {
  return text.trim() === ""
    ? null
    : text.split(";").map((row) => row.split(",").map(cellOf));
}

function elementOf(name, text, kind = "") {
  const element = document.createElement(name);
  element.textContent = text;
  element.className = kind;
  return element;
}

function shown(value) {
  if (value !== null && typeof value === "object") {
    return shown(value.basicValue ?? "");
  }
  if (typeof value !== "number") {
    return String(value ?? "");
  }
  const useGrouping = Math.abs(value) >= 10_000; // a year has no comma
  return value.toLocaleString("en-US", { maximumSignificantDigits: 12, useGrouping });
}

function tableOf(rows) {
  const table = document.createElement("table");
  for (const row of rows) {
    const line = table.insertRow();
    for (const value of row) {
      const text = shown(value);
      line.append(elementOf("td", text, typeof value === "number" ? "number" : ""));
    }
  }
  return table;
}

async function ask(form) {
  const fields = [...form.querySelectorAll("input")];
  const args = fields.map((field) => rowsOf(field.value));
  while (args.length > 0 && args.at(-1) === null) {
    args.pop(); // as Excel does with what is left out at the end
  }
  const headers = { "Content-Type": "application/json" };
  if (provider === "custom") {
    headers["Auth-Provider"] = provider;
    headers.Authorization =
      document.getElementById("key").value.trim() || (localStorage.getItem(ACCESS_KEY) ?? "");
  }
  const answer = await fetch(call, {
    method: "POST",
    headers,
    body: JSON.stringify({
      func_name: form.dataset.function,
      args,
      client: "Office.js",
      caller_address: "[page]page!A1",
      session_id: "page",
      culture_info_name: "en-US",
      date_format: "m/d/yyyy",
      version: "page",
      runtime: "1.4",
    }),
    signal: AbortSignal.timeout(WAIT),
  });
  const text = await answer.text();
  if (!answer.ok) {
    return elementOf("p", text || `The server answered with ${answer.status}.`, "wrong");
  }
  return tableOf(JSON.parse(text).result);
}

for (const form of document.querySelectorAll("form[data-function]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const place = form.querySelector(".answer");
    const button = form.querySelector("button");
    button.disabled = true;
    place.replaceChildren(elementOf("p", "Calculating …"));
    try {
      place.replaceChildren(await ask(form));
    } catch (error) {
      const words = error.name === "TimeoutError" ? "no answer came in time" : "it cannot be reached";
      place.replaceChildren(elementOf("p", `The server: ${words}. Try again.`, "wrong"));
    } finally {
      button.disabled = false;
    }
  });
}

function openNamed() {
  const named = document.getElementById(location.hash.slice(1));
  if (named instanceof HTMLDetailsElement) {
    named.open = true; // the browser goes there by itself
  }
}
globalThis.addEventListener("hashchange", openNamed);
openNamed();
