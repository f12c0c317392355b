"""Finds, from a few functions, all source of ours that they need, and puts it into one order.

It reads statements, not objects: what stands in the workbook is the very text that runs here.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import re
import symtable
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai_lite.tables import Place, Table

OURS = ("xl_cryptoai", "xl_cryptoai_lite")
_BUILTINS = frozenset(dir(builtins))
_TOOL_MARKS = re.compile(r"  # (?:type: ignore|noqa)\S*(?: [A-Z]+\d+)?(?=  #|$)", re.MULTILINE)
"""Comments for mypy and ruff, which say nothing to whoever reads the workbook's code."""


class CodeNotUsableError(CryptoAIError):
    """The package's source cannot go into one module as it is; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One top-level statement: its text, where it stands, and what its names refer to.

    Attributes
    ----------
    place : Place
        Its module and name.
    line : int
        Where it stands in the module.
    text : str
        Its source: without our decorators, docstrings cut to their first paragraph.
    refers : dict of str to Place
        The names of ours in it.
    late : set of str
        Those among them that it imports when it is called: they may stand after it.
    """

    place: Place
    line: int
    text: str
    refers: dict[str, Place]
    late: frozenset[str] = frozenset()


@dataclass(slots=True)
class Collected:
    """All statements by place, and the import lines of other packages, as (module, name, alias)."""

    statements: dict[Place, Statement] = field(default_factory=dict)
    imports: set[tuple[str, str, str]] = field(default_factory=set)

    def in_order(self) -> list[tuple[str, list[Statement]]]:
        """Return the modules, each after those that it needs, with their statements in order."""
        order: list[str] = []
        seen: set[str] = set()

        def visit(module: str) -> None:
            if module in seen:
                return
            seen.add(module)
            for statement in self._of(module):
                for word, (other, _) in statement.refers.items():
                    if word not in statement.late:
                        visit(other)
            order.append(module)

        for module, _ in self.statements:
            visit(module)
        return [(module, self._of(module)) for module in order]

    def _of(self, module: str) -> list[Statement]:
        found = [entry for entry in self.statements.values() if entry.place[0] == module]
        return sorted(found, key=lambda entry: entry.line)


def collect(roots: list[Place], tables: Mapping[Place, Table]) -> Collected:
    """Collect what the roots need, with tables in the place of the statements that read data.

    Raises
    ------
    CodeNotUsableError
        If a name cannot be traced to a statement, an import or Python itself.
    """
    collected = Collected()
    waiting = [*roots]
    while waiting:
        place = waiting.pop(0)
        if place in collected.statements:
            continue
        module, name = place
        source = _module(module)
        table = tables.get(place)
        text = table.text if table else source.text_of(name)
        refers = {}
        for word in global_names(text):
            if word in _BUILTINS or (table and word == table.defines):
                continue
            found = table.elsewhere.get(word) if table else None
            found = found or _resolve(module, word, collected)
            if found and found != place:
                refers[word] = found
        node = source.defined[name]
        late = frozenset(late_imports(node)) & set(refers) if not table else frozenset()
        collected.statements[place] = Statement(place, node.lineno, text, refers, late)
        waiting += refers.values()
    return collected


def late_imports(node: ast.AST) -> dict[str, tuple[str, str]]:
    """Find the imports of ours inside a function: where each name in it is from."""
    return {
        item.asname or item.name: (inner.module or "", item.name)
        for inner in ast.walk(node)
        if isinstance(inner, ast.ImportFrom) and _is_ours(inner.module)
        for item in inner.names
    }


def heading_of(module: str) -> list[str]:
    """Say which file a module is, and the first paragraph of its docstring."""
    tail = "/__init__.py" if hasattr(importlib.import_module(module), "__path__") else ".py"
    text = (ast.get_docstring(_module(module).tree) or "").split("\n\n")[0]
    return [module.replace(".", "/") + tail, *text.splitlines()]


def global_names(text: str) -> list[str]:
    """Find the names that a statement takes from its module, in the order of their mention."""

    def walk(table: symtable.SymbolTable) -> Iterator[str]:
        top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (symbol.is_global() or (top and symbol.is_local())):
                yield symbol.get_name()
        for child in table.get_children():
            yield from walk(child)

    found = set(walk(symtable.symtable(text, "statement", "exec")))
    return sorted(found, key=lambda word: (_first_mention(word, text), word))


def _first_mention(word: str, text: str) -> int:
    match = re.search(rf"\b{word}\b", text)
    return match.start() if match else len(text)


def _resolve(module: str, word: str, collected: Collected) -> Place | None:
    """Find where a name of ours is defined; note the import of one that is not ours."""
    source = _module(module)
    if word in source.defined:
        return module, word
    if word in source.imported:
        other, name = source.imported[word]
        if not _is_ours(other):
            collected.imports.add((other, name, word))
            return None
        return _resolve(other, name, collected)
    raise CodeNotUsableError(f"{module}: the name '{word}' is neither defined nor imported")


@dataclass(slots=True)
class _Module:
    tree: ast.Module
    lines: list[str]
    defined: dict[str, ast.stmt] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    typing_only: dict[str, str] = field(default_factory=dict)

    def text_of(self, name: str) -> str:
        """Return the source of a statement, with the docstring of a constant.

        What it imports of ours when it is called stands in the same module by then: those lines go.
        """
        node = self.defined[name]
        if value := _part(node, name):
            return f"{name} = {ast.get_source_segment(chr(10).join(self.lines), value)}\n"
        lines = {number: self.lines[number - 1] for number in range(*self._span(node))}
        for inner in ast.walk(node):
            if isinstance(inner, (ast.FunctionDef, ast.ClassDef)):
                for decorator in inner.decorator_list:
                    if self._is_ours(decorator):
                        _drop(decorator, lines)
                _cut_docstring(inner, lines)
            if isinstance(inner, ast.ImportFrom) and _is_ours(inner.module):
                _drop(inner, lines)
        self._free_annotations(node, lines)
        return _TOOL_MARKS.sub("", "\n".join(lines.values())) + "\n"

    def _free_annotations(self, node: ast.stmt, lines: dict[int, str]) -> None:
        """Where a name is defined later, or for a type checker only: quotes if it is ours.

        Annotations are evaluated where they stand in the one module. What is not ours is "object".
        """
        later = {name for name, other in self.defined.items() if other.lineno >= node.lineno}
        for note in _annotations(node):
            words = {one.id for one in ast.walk(note) if isinstance(one, ast.Name)}
            foreign = [word for word in words if not _is_ours(self.typing_only.get(word, OURS[0]))]
            if not words & (later | {*self.typing_only}):
                continue
            first, last = note.lineno, note.end_lineno or note.lineno
            whole = lines[first][note.col_offset : note.end_col_offset]
            freed = "object" if foreign or first < last else f'"{whole}"'
            after = lines[last][note.end_col_offset :]
            lines[first] = lines[first][: note.col_offset] + freed + after
            for number in range(first + 1, last + 1):
                del lines[number]

    def _span(self, node: ast.stmt) -> tuple[int, int]:
        """Return the first line of a statement and the one after its last."""
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            return first, (node.end_lineno or 0) + 1
        after = self.tree.body[self.tree.body.index(node) + 1 :][:1]
        last = after[0] if after and _is_text(after[0]) else node
        return node.lineno, (last.end_lineno or 0) + 1

    def _is_ours(self, decorator: ast.expr) -> bool:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not isinstance(called, ast.Name):
            return False
        origin, _ = self.imported.get(called.id, ("", ""))
        return called.id in self.defined or _is_ours(origin)


@cache
def _module(name: str) -> _Module:
    text = inspect.getsource(importlib.import_module(name))
    found = _Module(ast.parse(text), text.splitlines())
    for node in found.tree.body:
        found.imported |= {**late_imports(node), **found.imported}
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.defined[node.name] = node
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                for one in ast.walk(target):
                    if isinstance(one, ast.Name):
                        found.defined[one.id] = node
        elif isinstance(node, ast.Import):
            found.imported |= {item.asname or item.name: (item.name, "") for item in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            found.imported |= {item.asname or item.name: (origin, item.name) for item in node.names}
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            found.typing_only |= {
                item.asname or item.name: getattr(line, "module", None) or item.name
                for line in node.body
                if isinstance(line, (ast.Import, ast.ImportFrom))
                for item in line.names
            }
    return found


def _part(node: ast.stmt, name: str) -> ast.expr | None:
    """Find what is given to one of several names that are defined in one line."""
    if not isinstance(node, ast.Assign):
        return None
    names, values = node.targets[0], node.value
    if not (isinstance(names, ast.Tuple) and isinstance(values, ast.Tuple)):
        return None
    pairs = zip(names.elts, values.elts, strict=True)
    return next(value for one, value in pairs if isinstance(one, ast.Name) and one.id == name)


def _is_ours(module: str | None) -> bool:
    return (module or "").partition(".")[0] in OURS


def _drop(node: ast.stmt | ast.expr, lines: dict[int, str]) -> None:
    for number in range(node.lineno, (node.end_lineno or 0) + 1):
        lines.pop(number, None)


def _annotations(node: ast.stmt) -> Iterator[ast.expr]:
    for inner in ast.walk(node):
        for place in ("annotation", "returns"):
            note = getattr(inner, place, None)
            if isinstance(note, ast.expr):
                yield note


def _is_text(node: ast.stmt) -> bool:
    value = getattr(node, "value", None)
    return isinstance(node, ast.Expr) and isinstance(getattr(value, "value", None), str)


def _cut_docstring(node: ast.FunctionDef | ast.ClassDef, lines: dict[int, str]) -> None:
    """Leave of a docstring only its first paragraph."""
    first = node.body[0]
    if not _is_text(first):
        return
    numbers = range(first.lineno, (first.end_lineno or 0) + 1)
    blank = next((number for number in numbers if not lines[number].strip()), None)
    if blank is not None:
        lines[blank - 1] += '"""'
        for number in range(blank, numbers.stop):
            del lines[number]
