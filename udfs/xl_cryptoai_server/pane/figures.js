// What a person types as a figure, in the pane or on the landing page: 0.4, 40%, 58.75B, 1.5e12.

const FIGURE = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:e([+-]?\d+))?\s*(%|[tbmk])?$/i;
const POWERS = { "%": -2, k: 3, m: 6, b: 9, t: 12 };

/** Reads a figure; undefined if it is none. A comma is none: it parts decimals or thousands. */
export const readFigure = (text) => {
  const parts = FIGURE.exec(text.trim());
  if (parts === null) {
    return undefined;
  }
  const [, digits, power = "0", sign = ""] = parts;
  // as a text, so that 7.1% is the number nearest to 0.071
  return Number(`${digits}e${Number(power) + (POWERS[sign.toLowerCase()] ?? 0)}`);
};
