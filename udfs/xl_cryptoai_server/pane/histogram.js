// Draws how the total is distributed.

import { draw, make } from "./elements.js";

const WIDTH = 100;
const HEIGHT = 40;

/**
 * Draws a histogram; marks are values with words, under it, and the live one is drawn through it.
 * The words stand beside the drawing, not in it: they keep their size at every width.
 */
export const histogram = (bins, marks, live) => {
  const from = bins[0].from;
  const to = bins[bins.length - 1].to;
  const most = Math.max(...bins.map((bin) => bin.count)) || 1;
  const at = (value) => (WIDTH * (value - from)) / (to - from || 1);
  const inside = (value) => Math.min(Math.max(at(value), 0), WIDTH);
  const columns = bins.map((bin) => {
    const height = (HEIGHT * bin.count) / most;
    const holdsLive = bin.from <= live.value && live.value < bin.to;
    return draw("rect", {
      x: at(bin.from) + 0.15,
      y: HEIGHT - height,
      width: Math.max(at(bin.to) - at(bin.from) - 0.3, 0.1),
      height,
      class: holdsLive ? "live" : "bar",
    });
  });
  const lines = marks.map((mark) =>
    draw("line", { x1: inside(mark.value), x2: inside(mark.value), y1: 0, y2: HEIGHT }),
  );
  const words = marks.map((mark) => `${mark.label} ${mark.text}`).join(", ");
  const drawing = draw(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": `Histogram of the total: ${words}; live ${live.text}`,
    },
    columns,
    lines,
  );
  return make("div", { class: "histogram" }, drawing);
};
