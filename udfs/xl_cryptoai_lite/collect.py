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
    """

    place: Place
    line: int
    text: str
    refers: dict[str, Place]


@dataclass(slots=True)
class Collected:
    """All statements by place, and the import lines of other packages, as (module, name, alias)."""

    statements: dict[Place, Statement] = field(default_factory=dict)
    imports: set[tuple[str, str, str]] = field(default_factory=set)

    def in_order(self) -> list[tuple[str, list[Statement]]]:
        """Give the modules, each after those that it needs, with their statements in order."""
        order: list[str] = []
        seen: set[str] = set()

        def visit(module: str) -> None:
            if module in seen:
                return
            seen.add(module)
            for statement in self._of(module):
                for other, _ in statement.refers.values():
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
        collected.statements[place] = Statement(place, source.defined[name].lineno, text, refers)
        waiting += refers.values()
    return collected


def heading_of(module: str) -> list[str]:
    """Say which file a module is, and the first paragraph of its docstring."""
    tail = "/__init__.py" if hasattr(importlib.import_module(module), "__path__") else ".py"
    told = (ast.get_docstring(_module(module).tree) or "").split("\n\n")[0]
    return [module.replace(".", "/") + tail, *told.splitlines()]


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
        if other.partition(".")[0] not in OURS:
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

    def text_of(self, name: str) -> str:
        """Give the source of a statement, with the docstring of a constant."""
        node = self.defined[name]
        lines = {number: self.lines[number - 1] for number in range(*self._span(node))}
        for inner in ast.walk(node):
            if not isinstance(inner, (ast.FunctionDef, ast.ClassDef)):
                continue
            for decorator in inner.decorator_list:
                if self._is_ours(decorator):
                    for number in range(decorator.lineno, (decorator.end_lineno or 0) + 1):
                        del lines[number]
            _cut_docstring(inner, lines)
        return _TOOL_MARKS.sub("", "\n".join(lines.values())) + "\n"

    def _span(self, node: ast.stmt) -> tuple[int, int]:
        """Give the first line of a statement and the one after its last."""
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
        return called.id in self.defined or origin.partition(".")[0] in OURS


@cache
def _module(name: str) -> _Module:
    text = inspect.getsource(importlib.import_module(name))
    found = _Module(ast.parse(text), text.splitlines())
    for node in found.tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.defined[node.name] = node
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    found.defined[target.id] = node
        elif isinstance(node, ast.Import):
            found.imported |= {item.asname or item.name: (item.name, "") for item in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = node.module or ""
            found.imported |= {item.asname or item.name: (origin, item.name) for item in node.names}
    return found


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
