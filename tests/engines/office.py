"""A stand-in for Excel beside a task pane: one of our workbooks, open, and Office.js before it::

    with OpenWorkbook(build("office")) as book, Browser() as browser:
        page = browser.open(url, before=book.office)

The cells are those of a built workbook. What the pane reads and writes by Office.js goes to them,
all formulas are then computed again, and the slices that it gets are that workbook as a file. As in
Excel, nothing can be read that was not loaded, a locked cell takes nothing, and two files at most
are open at a time. It is no Excel: what a real Office.js does otherwise is not seen here.
"""

from __future__ import annotations

import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import openpyxl
from openpyxl.utils import rows_from_range
from openpyxl.worksheet.formula import ArrayFormula
from shipped import MODEL

from xl_cryptoai.workbook import ROUTES
from xl_cryptoai.workbook.calculate import calculate, saved
from xl_cryptoai.workbook.dynamic import make_dynamic
from xl_cryptoai.workbook.package import pack, parts_of, put_values


class OpenWorkbook:
    """A workbook that a person and a pane work on; served to the stand-in while it is open.

    Parameters
    ----------
    content : bytes
        The workbook as a file.
    route : str
        Which of ours it is; "" if none, and nothing is computed.

    Attributes
    ----------
    written : list of (str, str, object)
        What the pane has written: sheet, cell, value.
    shown : list of (str, str)
        Where the pane has gone: sheet, area.
    """

    def __init__(self, content: bytes, route: str = "office") -> None:
        self._route = ROUTES.get(route)
        self._book: Any = openpyxl.load_workbook(io.BytesIO(content))
        self._file = content
        self.written: list[tuple[str, str, Any]] = []
        self.shown: list[tuple[str, str]] = []
        for sheet in self._book.worksheets:
            _forget_spilled(sheet)

    def type(self, sheet: str, address: str, value: Any) -> None:
        """Write into a cell, as a person who has taken the protection off; "" empties it."""
        self._book[sheet][address].value = None if value == "" else value
        self._file = b""

    def file(self) -> bytes:
        """Return it as a file, with every formula computed."""
        if not self._file:
            self._file = self._computed()
        return self._file

    def _computed(self) -> bytes:
        content = saved(self._book)
        if self._route is None:
            return content
        values = calculate(MODEL, self._book, self._route, content)
        parts = parts_of(content)
        put_values(parts, self._book, values)
        if self._route.spills:
            prefix = self._route.call_prefix(MODEL.prefix)
            make_dynamic(parts, prefix if self._route.dynamic else "")
        return pack(parts)

    def __enter__(self) -> OpenWorkbook:
        book = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                try:
                    status, body = 200, book._answer(self.path, given)
                except (KeyError, ValueError) as error:
                    status, body = 400, str(error.args[0]).encode()
                self.send_response(status)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Where the stand-in asks for it: no request of the pane's own goes there."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def office(self) -> str:
        """The script that stands for Office.js."""
        return OFFICE.replace("HOST", json.dumps(self.url))

    def _answer(self, path: str, given: dict[str, Any]) -> bytes:
        if path == "/file":
            return self.file()
        name, address = given["sheet"], given["address"]
        if name not in self._book.sheetnames:
            raise ValueError("ItemNotFound: The requested resource doesn't exist.")
        sheet = self._book[name]
        if path == "/show":
            self.shown.append((name, address))
            return b"null"
        cell = sheet[address]
        if path == "/write":
            if sheet.protection.sheet and cell.protection.locked:
                raise ValueError("AccessDenied: the cell is protected.")
            self.type(name, address, given["value"])
            self.written.append((name, address, given["value"]))
        value = cell.value.text if isinstance(cell.value, ArrayFormula) else cell.value
        return json.dumps("" if value is None else value).encode()


def _forget_spilled(sheet: Any) -> None:
    """Empty the cells that array formulas fill: a value in them would stop the formula."""
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, ArrayFormula):
                for line in rows_from_range(cell.value.ref):
                    for at in line:
                        if at != cell.coordinate:
                            sheet[at].value = None


OFFICE = """(() => {
  const excel = async (path, given = {}) => {
    const answer = await fetch(HOST + path, {method: "POST", body: JSON.stringify(given)});
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  };
  let active = {sheet: "Cover", address: "A1"}, calculating = 0;
  const known = {}, listeners = {selected: [], changed: []};
  const events = (name) => ({add: (listener) => { listeners[name].push(listener); }});
  const unread = (what) => { throw new Error(
    `PropertyNotLoaded: The property '${what}' is not available. Before reading the property's ` +
    "value, call the load method on the containing object and call context.sync()."); };

  class Proxy_ {
    constructor(context) { this.context = context; this.wanted = []; this.has = {}; }
    load(what) { this.context.todo.push(async () => { this.has[what] = await this.read(what); }); }
    get(what) { return what in this.has ? this.has[what] : unread(what); }
  }
  class Sheet extends Proxy_ {
    constructor(context, name) { super(context); this.title = name; }
    get name() { return this.get("name"); }
    read() { return this.title; }
    getRange(address) { return new Range(this.context, this, address); }
    activate() { this.context.todo.push(() => excel("/show", {sheet: this.title, address: ""})); }
  }
  class Range extends Proxy_ {
    constructor(context, sheet, cell) {
      super(context); this.worksheet = sheet; this.cell = cell; }
    get at() { return {sheet: this.worksheet.title, address: this.cell}; }
    get address() { return this.get("address"); }
    get formulas() { return this.get("formulas"); }
    async read(what) {
      if (what === "address") return `'${this.worksheet.title}'!${this.cell}`;
      return [[await (await excel("/read", this.at)).json()]];
    }
    set values([[value]]) {
      this.context.todo.push(async () => {
        await excel("/write", {...this.at, value});
        calculating = 1;
        listeners.changed.forEach((listener) => listener({triggerSource: "ThisLocalAddin"}));
      });
    }
    select() {
      this.context.todo.push(async () => {
        await excel("/show", this.at);
        globalThis.selectCell(this.worksheet.title, this.cell);
      });
    }
  }
  class Application extends Proxy_ {
    get calculationState() { return this.get("calculationState"); }
    read() { return calculating-- > 0 ? "Pending" : "Done"; }
    get cultureInfo() { return culture; }
  }
  const culture = {name: "en-US", load() {},
                   datetimeFormat: {shortDatePattern: "m/d/yyyy", load() {}}};
  class Context {
    constructor() {
      this.todo = [];
      const context = this;
      this.application = new Application(this);
      this.workbook = {
        name: "Book1.xlsx", load() {}, application: this.application,
        getActiveCell: () =>
          new Range(context, new Sheet(context, active.sheet), active.address),
        worksheets: {getItem: (name) => new Sheet(context, name), onChanged: events("changed")},
        onSelectionChanged: events("selected"),
      };
    }
    async sync() { for (const job of this.todo.splice(0)) await job(); }
  }

  let open = 0;
  const answered = (done, job) =>
    job().then((value) => done({status: "succeeded", value}),
               (error) => done({status: "failed", error: {message: error.message}}));
  const getFileAsync = (kind, {sliceSize}, done) => answered(done, async () => {
    if (kind !== "compressed") throw new Error("this stand-in has the workbook only");
    if (globalThis.editing) throw new Error("The operation is not possible now.");
    if (open >= 2) throw new Error("An internal error has occurred: too many files are open.");
    if (sliceSize > 4194304) throw new Error("Invalid slice size");
    const bytes = new Uint8Array(await (await excel("/file")).arrayBuffer());
    open += 1;
    return {
      size: bytes.length, sliceCount: Math.ceil(bytes.length / sliceSize),
      getSliceAsync: (number, done) => answered(done, async () => (
        {index: number,
         data: [...bytes.subarray(number * sliceSize, (number + 1) * sliceSize)]})),
      closeAsync: () => { open -= 1; },
    };
  });

  const info = {host: "Excel", platform: "PC"};
  globalThis.Office = {
    onReady: async (done) => { if (done) done(info); return info; },
    context: {requirements: {isSetSupported: () => true}, displayLanguage: "en-US",
              document: {getFileAsync}, officeTheme: globalThis.officeTheme},
    actions: {associate() {}}, addin: {}, HostType: {Excel: "Excel"},
    FileType: {Compressed: "compressed"},
    AsyncResultStatus: {Succeeded: "succeeded", Failed: "failed"}};
  globalThis.Excel = {RequestContext: Context,
    run: async (job) => { const context = new Context(); const result = await job(context);
                          await context.sync(); return result; }};
  globalThis.CustomFunctions = {Error, ErrorCode: {invalidValue: "#VALUE!"},
    associate: (id, body) => { known[id] = body; }};

  // what a person does in the sheet; `editing` is true while a cell is being typed into
  globalThis.selectCell = (sheet, address) => {
    active = {sheet, address: address.split(":")[0]};
    listeners.selected.forEach((listener) => listener({}));
  };
  globalThis.typeCell = async (sheet, address, value) => {
    await excel("/write", {sheet, address, value});
    listeners.changed.forEach((listener) => listener({triggerSource: "Unknown"}));
  };
  globalThis.filesOpen = () => open;
})();"""
"""Office.js as far as the pane asks it; `selectCell` and `typeCell` are what a person does."""
