// What the pane asks of Excel: the open workbook, the active cell, to write a value, to show a cell.

const SLICE = 2 ** 20;
const HOST_WAIT = 5000;
const CALCULATION_WAIT = 15000;
const CALCULATION_STEP = 150;

const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Excel does not do what it is asked; the message is a sentence for the reader. */
export class ExcelError extends Error {}

const run = async (job) => {
  try {
    return await globalThis.Excel.run(job);
  } catch (error) {
    throw error instanceof ExcelError
      ? error
      : new ExcelError(`Excel could not do this: ${error.message ?? error}`);
  }
};

/** Whether the page is open in Excel. */
export const inExcel = async () => {
  if (typeof globalThis.Office?.onReady !== "function") {
    return false;
  }
  const info = await Promise.race([globalThis.Office.onReady(), later(HOST_WAIT)]);
  return info?.host === "Excel";
};

/** Waits until the pane is shown: Excel may load it unseen, for the functions that it brings. */
export const shown = () =>
  new Promise((done) => {
    const look = () => {
      if (document.visibilityState === "visible" && globalThis.innerWidth > 0) {
        document.removeEventListener("visibilitychange", look);
        globalThis.removeEventListener("resize", look);
        done();
      }
    };
    document.addEventListener("visibilitychange", look);
    globalThis.addEventListener("resize", look);
    look();
  });

/** Whether Office has a dark theme; undefined where it does not say. */
export const officeIsDark = () => {
  const colour = globalThis.Office?.context?.officeTheme?.bodyBackgroundColor ?? "";
  const parts = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (parts === null) {
    return undefined;
  }
  const [red, green, blue] = parts.slice(1).map((part) => Number.parseInt(part, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
};

const asked = (ask, what) =>
  new Promise((done, failed) => {
    ask((answer) => {
      if (answer.status === globalThis.Office.AsyncResultStatus.Succeeded) {
        done(answer.value);
      } else {
        const why = answer.error?.message ?? "it does not say why";
        failed(new ExcelError(`Excel did not hand over ${what}: ${why}`));
      }
    });
  });

const readWorkbook = async () => {
  const { document: open } = globalThis.Office.context;
  const kind = globalThis.Office.FileType.Compressed;
  const file = await asked(
    (done) => open.getFileAsync(kind, { sliceSize: SLICE }, done),
    "the workbook (is a cell being edited? finish it, then try again)",
  );
  try {
    const parts = [];
    for (let number = 0; number < file.sliceCount; number += 1) {
      const slice = await asked((done) => file.getSliceAsync(number, done), "all of the workbook");
      parts.push(new Uint8Array(slice.data));
    }
    return new Blob(parts);
  } finally {
    file.closeAsync(() => {});
  }
};

let reading = Promise.resolve();

/** Reads the open workbook as it is now, as a file; one at a time, for Excel opens few. */
export const workbook = () => {
  reading = reading.catch(() => {}).then(readWorkbook);
  return reading;
};

/** Returns the active cell as sheet and cell. */
export const activeCell = () =>
  run(async (context) => {
    const cell = context.workbook.getActiveCell();
    cell.load("address");
    cell.worksheet.load("name");
    await context.sync();
    return {
      sheet: cell.worksheet.name,
      cell: cell.address.slice(cell.address.lastIndexOf("!") + 1).replaceAll("$", ""),
    };
  });

/** Shows and selects a cell or an area. */
export const goTo = (sheet, area) =>
  run(async (context) => {
    const target = context.workbook.worksheets.getItem(sheet);
    target.activate();
    if (area) {
      target.getRange(area.split(",")[0].trim()).select();
    }
    await context.sync();
  });

/**
 * Writes a value, "" for none, waits until Excel has calculated, and returns what stood there.
 * A text that Excel would take for a formula is not written: it may come from a workbook.
 */
export const write = (sheet, cell, value) =>
  run(async (context) => {
    if (typeof value === "string" && /^[=+\-@]/.test(value)) {
      throw new ExcelError(`"${value}" would be a formula; type it into ${sheet}!${cell} yourself`);
    }
    return put(context, sheet, cell, value);
  });

/** Puts back what `write` returned. */
export const restore = (sheet, cell, before) => run((context) => put(context, sheet, cell, before));

const put = async (context, sheet, cell, value) => {
  const range = context.workbook.worksheets.getItem(sheet).getRange(cell);
  range.load("formulas");
  await context.sync();
  const [[before]] = range.formulas;
  range.values = [[value]];
  await context.sync();
  await calculated(context);
  return before;
};

const calculated = async (context) => {
  const { application } = context.workbook;
  for (let waited = 0; waited < CALCULATION_WAIT; waited += CALCULATION_STEP) {
    application.load("calculationState");
    await context.sync();
    if (application.calculationState === "Done") {
      return;
    }
    await later(CALCULATION_STEP);
  }
};

/**
 * Calls back when another cell becomes active, and when a cell was changed: with whether by us.
 * An Excel that does not say by whom (before ExcelApi 1.14) counts as somebody else.
 */
export const watch = (selected, changed) =>
  run(async (context) => {
    context.workbook.onSelectionChanged.add(async () => selected());
    context.workbook.worksheets.onChanged.add(async (event) =>
      changed(event?.triggerSource === "ThisLocalAddin"),
    );
    await context.sync();
  });
