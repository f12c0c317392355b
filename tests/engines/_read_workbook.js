// Prints what a package of npm reads in workbooks: a line of JSON for each file, cells by sheet.
// node _read_workbook.js exceljs|xlsx FILE...
"use strict";

const [library, ...files] = process.argv.slice(2);

async function withExceljs(file) {
  const { Workbook } = require("exceljs");
  const book = new Workbook();
  await book.xlsx.readFile(file);
  const sheets = {};
  for (const sheet of book.worksheets) {
    const cells = (sheets[sheet.name] = {});
    sheet.eachRow((row) =>
      row.eachCell((cell) => {
        const formula = cell.formula !== undefined;
        const value = formula ? cell.result : cell.value;
        cells[cell.address] = value?.error ?? value?.text ?? value ?? null;
      }),
    );
  }
  return sheets;
}

function withXlsx(file) {
  const XLSX = require("xlsx");
  const book = XLSX.readFile(file);
  const sheets = {};
  for (const name of book.SheetNames) {
    const cells = (sheets[name] = {});
    for (const [address, cell] of Object.entries(book.Sheets[name])) {
      // an error's value is a number, its text is in w
      if (!address.startsWith("!")) cells[address] = (cell.t === "e" ? cell.w : cell.v) ?? null;
    }
  }
  return sheets;
}

(async () => {
  const read = { exceljs: withExceljs, xlsx: withXlsx }[library];
  for (const file of files) console.log(JSON.stringify(await read(file)));
})();
