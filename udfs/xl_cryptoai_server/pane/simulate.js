// The simulation of the open workbook: how the total is distributed, and what moves it.

import { answer, say, show, work } from "./desk.js";
import { bars, find, make } from "./elements.js";
import { histogram } from "./histogram.js";

/** Simulates with the draws that are chosen. */
export const simulate = () =>
  work("Simulating", async () => {
    const { draws } = find("simulation").elements;
    const found = await answer("simulate", { draws: draws.value });
    const marks = ["p5", "p50", "p95"].map((name) => ({ label: name.toUpperCase(), ...found[name] }));
    show(
      "simulated",
      histogram(found.histogram, marks, found.live),
      make("p", { class: "quiet" }, "Dashed: P5, P50 and P95. In the other colour: live."),
      make(
        "dl",
        { class: "figures" },
        [...marks, { label: "Mean", ...found.mean }, { label: "Live", live: true, ...found.live }].map(
          (one) =>
            make(
              "div",
              {},
              make("dt", {}, one.label),
              make("dd", { class: one.live ? "live" : null }, one.text),
            ),
        ),
      ),
      make("p", {}, found.live.words),
      part(
        "Chance that the total exceeds",
        found.chance_of_exceeding.sort((one, other) => one.amount - other.amount).map(chance),
        1,
      ),
      part("What moves the total most, from its low to its high", found.drivers.map(driver)),
      make("p", { class: "quiet" }, found.drawn),
      found.not_used.map((words) => make("p", { class: "warning" }, words)),
    );
    say(`Simulated: P5 ${found.p5.text}, P50 ${found.p50.text}, P95 ${found.p95.text}.`);
  });

const chance = ({ label, text, chance: value, chance_text: words }) => ({
  label: label === text ? text : `${label}, ${text}`,
  value,
  text: words,
});

const driver = ({ label, low_text: low, high_text: high, swing }) => ({
  label: `${label}, ${low} to ${high}`,
  ...swing,
});

const part = (title, rows, longest) =>
  rows.length ? make("section", {}, make("h3", {}, title), bars(rows, longest)) : null;

/** Lets the form work. */
export const start = () =>
  find("simulation").addEventListener("submit", (event) => {
    event.preventDefault();
    simulate();
  });
