"""A firm's own model: TOML files that extend the shipped one, without a line of Python.

A model is made from documents, which a folder holds as files and a workbook as one text. Nothing in
them is run: formulas are parsed (`forecast.formula`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from xl_cryptoai.assumptions.catalogue import (
    AS_BASE,
    BASE,
    OPTIONAL,
    REQUIRED,
    Catalogue,
    Rows,
    catalogue_of,
    read_rows,
)
from xl_cryptoai.assumptions.derivations import Derivation
from xl_cryptoai.assumptions.own_scenario import OTHER_HEADERS, OWN
from xl_cryptoai.assumptions.scenarios import VIEWS, Scenario
from xl_cryptoai.assumptions.typed_text import name_meant
from xl_cryptoai.errors import (
    CatalogueError,
    CryptoAIError,
    FileRefusedError,
    UnknownNameError,
    quoted,
)
from xl_cryptoai.forecast.constraints import Constraint
from xl_cryptoai.forecast.findings import Finding, findings_of
from xl_cryptoai.forecast.formula import MONEY_UNIT, formula_of, ids_in
from xl_cryptoai.forecast.model import KEPT_MODELS, TOTAL, Model
from xl_cryptoai.forecast.shipped import shipped_model
from xl_cryptoai.forecast.steps.entry import Step
from xl_cryptoai.palette import FAINTEST, PAPER, contrast
from xl_cryptoai.source import Evidence, Gap, Publication, System
from xl_cryptoai.source.evidence import SUPPORTED, evidence_of
from xl_cryptoai.source.gaps import gaps_of
from xl_cryptoai.source.published import publication_of
from xl_cryptoai.source.systems import systems_of
from xl_cryptoai.tomlfile import check_known, entries, read_toml
from xl_cryptoai.units import CHOICE, UNITS, is_number, read_as

MODEL, ASSUMPTIONS, STEPS = "model.toml", "assumptions.toml", "steps.toml"
PUBLISHED, EVIDENCE, SYSTEMS = "published.toml", "evidence.toml", "systems.toml"
GAPS, FINDINGS = "gaps.toml", "findings.toml"
FILES = (MODEL, ASSUMPTIONS, STEPS, PUBLISHED, EVIDENCE, SYSTEMS, GAPS, FINDINGS)
"""The files of a model folder; all but the first may be left out."""
STARTER = Path(__file__).with_name("starter")
"""The files that `xl-cryptoai new` writes."""
OWN_BLOCK = "own"
VARIABLE = "XL_CRYPTOAI_MODEL"
"""The environment variable that names a model folder."""

CARRIED = "urn:xl-cryptoai:model"
"""XML namespace of the part in which a workbook carries its model."""
LONGEST_TEXT = 1_000_000
"""Characters of a model's text."""
MOST_ENTRIES = 1_000
"""Entries of one table, such as steps."""

Documents = Mapping[str, Mapping[str, Any]]
"""What each file of a model folder holds."""

_FIELDS = ("title", "prefix", "leave_out", "settings", "scenario", "constraint")
_ID = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z]{4,}")
_LONGEST_ID = 60
_LONGEST_LABEL = 80
LONGEST_VALUE = 4_000
"""Characters of a text or formula."""
_LARGEST = 1e100
_DEEPEST = 6
_NO_CELL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Signs that XML, and so a cell, cannot hold or does not show."""
_SEVERAL_LINES = (
    "text", "meaning", "rationale", "scenario_rationale", "what", "note", "formula", "rule",
)  # fmt: skip
"""Fields whose texts may have several lines."""
_NO_LIST = re.compile(r'[,"\n]')
"""Signs that the list of a drop-down cannot hold."""
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,9}")
_SCENARIO = {"id": str, "label": str, "view": str}
_SCENARIO_OPTIONAL = {"over": str, "values": dict, "colour": str}
_COLOUR = re.compile("#[0-9A-Fa-f]{6}")
_CONSTRAINT = {"id": str, "terms": list, "relation": str, "limit": object, "rule": str}
_CONSTRAINT_OPTIONAL = {"breach": str, "adjusted": str}
_STEP = {"id": str, "label": str, "unit": str, "formula": str}
_STEP_OPTIONAL = {"meaning": str, "of": str, "segment": bool, "market": bool}
_DEFAULTS = {"effect": "raises", "kind": "house", "locator": "", "scenario_rationale": ""}
_TAKEN = frozenset({
    "scenario", "simulation", "live", "override", "kind", "unit", "base_is", "master_check",
    "functions_available", "twin_tolerance", "own_name", "own_scenario",
})  # fmt: skip
"""Words that stand for something else beside ids."""
_LONGEST_LIST = 250
"""Characters of the scenarios' labels together, in the list on the Cover."""


def read_model(folder: Path) -> Model:
    """Read a model folder.

    Parameters
    ----------
    folder : Path
        With `model.toml`, and any of the other `FILES`.

    Returns
    -------
    Model
        The shipped model with what the folder changes, adds and leaves out.

    Raises
    ------
    FileRefusedError, CatalogueError
        Naming file, entry, field and fix.
    """
    if not (folder / MODEL).is_file():
        raise FileRefusedError(
            f"{folder} is not a model folder: it has no {MODEL}; write one with: "
            f"xl-cryptoai new {folder}"
        )
    for file in sorted(folder.glob("*.toml")):
        if file.name not in FILES:
            raise FileRefusedError(f"{file} is not known; a model has {', '.join(FILES)}")
    return model_of(text_of({file: read_toml(folder / file) for file in FILES
                             if (folder / file).is_file()}))  # fmt: skip


def folder_in_use() -> Path | None:
    """Return the model folder that `VARIABLE` names; None if it names none."""
    folder = os.environ.get(VARIABLE, "")
    return Path(folder) if folder else None


def model_in_use() -> Model:
    """Return the model that this process works with: the folder's that `VARIABLE` names, if any.

    Raises
    ------
    FileRefusedError, CatalogueError
        As `read_model`.
    """
    folder = folder_in_use()
    return shipped_model() if folder is None else read_model(folder)


def text_of(documents: Documents) -> str:
    """Write a model's documents as one text, the same for the same content."""
    return json.dumps(documents, sort_keys=True, default=str, indent=1)


def model_as_read(text: str) -> Model:
    """Make a model of a text that a file carries: other blanks and escapes say the same.

    Raises
    ------
    CatalogueError
        As `model_of`.
    """
    return model_of(text_of(_documents(text)))


def _documents(text: str) -> Documents:
    if len(text) > LONGEST_TEXT:
        raise CatalogueError(
            MODEL, "-", "-", f"all files together have over {LONGEST_TEXT:,} characters; split it"
        )
    try:
        documents = json.loads(text)
    except (ValueError, RecursionError):
        raise CatalogueError(MODEL, "-", "-", "is not the text of a model") from None
    if not isinstance(documents, dict) or not isinstance(documents.get(MODEL), dict):
        raise CatalogueError(MODEL, "-", "-", "is missing")
    for file, document in documents.items():
        if file not in FILES:
            raise CatalogueError(file, "-", "-", f"is not known; a model has {', '.join(FILES)}")
        if not isinstance(document, dict):
            raise CatalogueError(file, "-", "-", "must be tables of TOML")
        _check_content(file, "-", document)
        for name, rows in document.items():
            if isinstance(rows, list) and len(rows) > MOST_ENTRIES:
                raise CatalogueError(
                    file, "-", name, f"has {len(rows):,} entries; at most {MOST_ENTRIES:,}"
                )
    return documents


def _check_content(file: str, field: str, content: Any, depth: int = 0) -> None:
    """Refuse what no cell can hold, anywhere in a file."""
    problem = ""
    if depth > _DEEPEST:
        problem = "is nested too deeply; give a list or a table"
    elif content is None:
        problem = "is empty; give a value"
    elif isinstance(content, str):
        if len(content) > LONGEST_VALUE:
            problem = f"has {len(content):,} characters; at most {LONGEST_VALUE:,}"
        elif _NO_CELL.search(content) or ("\n" in content and field not in _SEVERAL_LINES):
            problem = "has a control character; remove it"
        elif content.startswith("="):
            problem = "begins with =, which a cell takes for a formula; remove it"
    elif isinstance(content, (int, float)) and not abs(content) <= _LARGEST:
        problem = f"is {quoted(content)}; give a number up to {_LARGEST:g}"
    if problem:
        raise CatalogueError(file, "-", field[:_LONGEST_ID], problem)
    if isinstance(content, dict):
        for name, inner in content.items():
            _check_content(file, "-", name, depth)
            _check_content(file, name, inner, depth + 1)
    elif isinstance(content, list):
        for inner in content:
            _check_content(file, field, inner, depth + 1)


@lru_cache(KEPT_MODELS)
def model_of(text: str) -> Model:
    """Make a model of a text that `text_of` wrote; "" is the shipped model.

    Raises
    ------
    CatalogueError
        Naming file, entry, field and fix.
    """
    if not text:
        return shipped_model()
    return _Builder(_documents(text), shipped_model()).model(text)


@dataclass(slots=True)
class _Builder:
    """Puts a model together from its documents and the model that it extends."""

    documents: Documents
    origin: Model

    def model(self, text: str) -> Model:
        about = self._about()
        left_out = self._left_out(about)
        catalogue, changed = self._catalogue(about, left_out)
        steps, segments = self._steps(catalogue, left_out)
        touched = self._touched(catalogue, steps, changed | left_out)
        publication = self._publication(steps, touched)
        # read at once: a fault in these files is reported when the model is read
        evidence = self._evidence(segments)
        systems = self._systems(segments, evidence)
        gaps = self._gaps()
        model = Model(
            title=_title(about.get("title", self.origin.title)),
            prefix=_prefix(about.get("prefix", self.origin.prefix)),
            assumptions=catalogue,
            derivations=self._derivations(catalogue, changed, publication),
            steps=steps,
            segments=segments,
            markets=self._markets(steps),
            constraints=self._constraints(about, catalogue, left_out),
            publication=publication,
            evidence=lambda: evidence,
            systems=lambda: systems,
            gaps=lambda: gaps,
            findings=cache(self._findings),
            text=text,
        )
        model.findings(model)
        return model

    # model.toml ----------------------------------------------------------------------------------

    def _about(self) -> Mapping[str, Any]:
        about = self.documents[MODEL]
        for field in about:
            if field not in _FIELDS:
                raise CatalogueError(
                    MODEL, "-", field, f"is not known; known: {', '.join(_FIELDS)}"
                )
        return about

    def _left_out(self, about: Mapping[str, Any]) -> set[str]:
        names = about.get("leave_out", [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise CatalogueError(MODEL, "-", "leave_out", "must be a list of ids")
        known = {*self.origin.entries, *self.origin.assumptions.scenarios} - {TOTAL, BASE}
        refusal = "{} is not an assumption, step or scenario that can be left out"
        return {
            _meant(name, dict.fromkeys(sorted(known)), "-", "leave_out", refusal) for name in names
        }

    def _scenarios(
        self, about: Mapping[str, Any], left_out: set[str]
    ) -> tuple[dict[str, Scenario], dict[str, tuple[str, dict[str, Any]]]]:
        """Return all scenarios, and of the own ones the scenario they stand over and values."""
        scenarios = {
            name: one
            for name, one in self.origin.assumptions.scenarios.items()
            if name not in left_out
        }
        own: dict[str, tuple[str, dict[str, Any]]] = {}
        rows = entries(MODEL, about, "scenario", _SCENARIO, _SCENARIO_OPTIONAL) if (
            "scenario" in about) else ()  # fmt: skip
        for row in rows:
            name, over = row["id"], row.get("over", BASE)
            _check_id(MODEL, name)
            check_known(MODEL, name, "view", row["view"], VIEWS)
            if name in self.origin.entries:
                raise CatalogueError(MODEL, name, "id", "is the id of an assumption or step")
            before = {key: one for key, one in scenarios.items() if key != name}
            over = _meant(over, before, name, "over", "no scenario before it is called {}")
            _check_label(MODEL, name, "label", row["label"])
            if _NO_LIST.search(row["label"]):
                raise CatalogueError(MODEL, name, "label", "must contain no comma and no quote")
            if row["label"].lower() == OWN:
                raise CatalogueError(
                    MODEL,
                    name,
                    "label",
                    "is the spare scenario's on sheet Assumptions; give another",
                )
            labels = {one.label.lower() for key, one in scenarios.items() if key != name}
            if row["label"].lower() in labels | OTHER_HEADERS:
                raise CatalogueError(MODEL, name, "label", f"{quoted(row['label'])} is used twice")
            colour = row.get("colour", "")
            if colour and (not _COLOUR.fullmatch(colour) or contrast(colour, PAPER) < FAINTEST):
                raise CatalogueError(
                    MODEL, name, "colour",
                    f"{quoted(colour)} is no colour that shows on white; "
                    'write one such as "#1f3a5f"',
                )  # fmt: skip
            own[name] = over, row.get("values", {})
            scenarios[name] = Scenario(name, row["label"], row["view"], colour)
        if len(",".join(one.label for one in scenarios.values())) > _LONGEST_LIST:
            raise CatalogueError(
                MODEL, "-", "scenario",
                f"labels have over {_LONGEST_LIST} characters together; shorten them",
            )  # fmt: skip
        return scenarios, own

    # assumptions.toml ----------------------------------------------------------------------------

    def _catalogue(
        self, about: Mapping[str, Any], left_out: set[str]
    ) -> tuple[Catalogue, set[str]]:
        """Return the assumptions, and the ids of those whose base value is not the shipped one."""
        scenarios, own = self._scenarios(about, left_out)
        found = read_rows()
        origin = self.origin.assumptions
        span = tuple(name if name in scenarios else BASE for name in found.span)
        for name, row in [*found.rows.items()]:
            if left_out & {name, row.get("starts")}:  # a share takes its start value with it
                del found.rows[name]
        changed: set[str] = set()
        for name, row in found.rows.items():
            row.setdefault(BASE, origin[name].base)  # calibrated on the shipped model
            if row["kind"] == "derived":
                row["kind"] = "house"
        for own_row in self._own_rows():
            row, name = own_row, own_row["id"]
            if name in found.rows and BASE in row and row[BASE] != origin[name].base:
                changed.add(name)
                # what the publication says is of its own value
                was = read_as(origin[name].base, origin[name].unit)
                row = {
                    "kind": "house", "locator": "",
                    "rationale": f"Own value; the publication has {was}", **row,
                }  # fmt: skip
            before = found.rows.get(name, {**_DEFAULTS, "block": OWN_BLOCK})
            found.rows[name] = {"meaning": row.get("label", name), **before, **row}
            found.files[name] = ASSUMPTIONS
        left = origin.scenarios.keys() - scenarios.keys()
        for name, row in found.rows.items():
            _fill(found.files[name], row, scenarios, own, left)
            if name in origin and name not in changed and name in self.origin.derivations:
                row["kind"] = "derived"
        for scenario, (_, values) in own.items():
            for name in values:
                if name not in found.rows:
                    raise CatalogueError(
                        MODEL, scenario, "values", f"no assumption is called {quoted(name)}"
                    )
        if any(row["block"] == OWN_BLOCK for row in found.rows.values()):
            found.titles[OWN_BLOCK] = "Own assumptions"
        rows = Rows(
            found.rows, found.files, found.titles, scenarios, (span[0], span[1]),
            {**found.settings, **self._settings(about, found.rows)},
        )  # fmt: skip
        return catalogue_of(rows, {}, {}), changed

    def _own_rows(self) -> Iterable[dict[str, Any]]:
        """Yield the entries of the file: a new one has all that it needs, a changed one any part.

        Values of scenarios may stand in any of them.
        """
        document = self.documents.get(ASSUMPTIONS, {})
        if not document:
            return
        fields = {**REQUIRED, **OPTIONAL, **dict.fromkeys(_scenario_ids(self.documents), object)}
        fields.update(dict.fromkeys(self.origin.assumptions.scenarios, object))
        for row in entries(ASSUMPTIONS, document, "assumption", {"id": str}, fields):
            name = row["id"]
            _check_label(ASSUMPTIONS, name, "label", row.get("label", ""))
            if name not in self.origin.assumptions:
                _check_id(ASSUMPTIONS, name)
                if name in self.origin.steps:
                    raise CatalogueError(ASSUMPTIONS, name, "id", "is the id of a step")
                for field in ("label", "unit", BASE, "rationale"):
                    if field not in row:
                        raise CatalogueError(ASSUMPTIONS, name, field, "is missing or empty")
            yield row

    def _settings(self, about: Mapping[str, Any], rows: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings' defaults; one whose assumption is left out takes another."""
        settings = about.get("settings", {})
        if not isinstance(settings, dict):
            raise CatalogueError(MODEL, "settings", "-", "must be a table")
        settings, known = dict(settings), self.origin.assumptions.settings
        for field, value in settings.items():
            if field not in known:
                raise CatalogueError(
                    MODEL, "settings", field, f"is not known; known: {', '.join(known)}"
                )
            wants_id = field in ("goal_id", "grid_x", "grid_y")
            if wants_id and not (isinstance(value, str) and value in rows):
                raise CatalogueError(
                    MODEL, "settings", field, f"no assumption is called {quoted(value)}"
                )
            if not wants_id and not is_number(value):
                raise CatalogueError(
                    MODEL, "settings", field, f"is {quoted(value)}, but must be a number"
                )
        shares = [name for name, row in rows.items() if row["unit"] == "share"]
        for number, field in enumerate(("goal_id", "grid_x", "grid_y")):
            if field not in settings and known[field] not in rows:
                settings[field] = shares[number % len(shares)]
        return settings

    def _derivations(
        self, catalogue: Catalogue, changed: set[str], publication: Publication
    ) -> dict[str, Derivation]:
        """Return the derivations that still hold: of unchanged values from unchanged values."""
        known = {*catalogue, *(f"printed_{name}" for name in publication.figures)}
        return {
            name: one
            for name, one in self.origin.derivations.items()
            if name in catalogue
            and not changed & {name, *one.inputs}
            and known.issuperset(one.inputs)
        }

    # steps.toml ----------------------------------------------------------------------------------

    def _steps(
        self, catalogue: Catalogue, left_out: set[str]
    ) -> tuple[dict[str, Step], tuple[str, ...]]:
        """Return the steps in the order in which they are computed, and the segments."""
        rows = {row["id"]: row for row in self._step_rows(catalogue)}
        before, after = self._shipped_steps({*left_out, *rows})
        segments = [name for name in self.origin.segments if name not in left_out]
        segments += [
            name for name, row in rows.items() if row.get("segment") and name not in segments
        ]
        if not segments:
            raise CatalogueError(STEPS, TOTAL, "segment", "no segment remains; mark a step as one")
        total = replace(
            self.origin.steps[TOTAL],
            inputs=tuple(segments),
            function=_sum,
            formula="+".join(segments),
            meaning=f"Revenue of the {len(segments)} segments together.",
        )
        own = [row for name, row in rows.items() if name not in segments]
        parts = [row for name, row in rows.items() if name in segments]
        first = [step for step in before if step.id not in segments]
        shipped = [step for step in before if step.id in segments]
        waiting: list[Any] = [*first, *own, *shipped, *parts, total, *after]
        steps: dict[str, Step] = {}
        while waiting:
            known = {**catalogue, **steps}
            ready = next((one for one in waiting if {*_inputs_of(one)} <= known.keys()), None)
            if ready is None:
                raise self._unknown(waiting, known)
            waiting.remove(ready)
            step = ready if isinstance(ready, Step) else _step_of(ready, known)
            steps[step.id] = step
        return steps, tuple(segments)

    def _step_rows(self, catalogue: Catalogue) -> Iterable[dict[str, Any]]:
        document = self.documents.get(STEPS, {})
        rows = entries(STEPS, document, "step", _STEP, _STEP_OPTIONAL) if document else ()
        labels: set[str] = set()
        for row in rows:
            name = row["id"]
            _check_id(STEPS, name)
            if name == TOTAL:
                raise CatalogueError(
                    STEPS, name, "id", "is the sum of the segments; mark steps with segment = true"
                )
            if name in catalogue:
                raise CatalogueError(STEPS, name, "id", "is the id of an assumption")
            _check_label(STEPS, name, "label", row["label"])
            if row["label"].lower() in labels:
                raise CatalogueError(STEPS, name, "label", f"{quoted(row['label'])} is used twice")
            labels.add(row["label"].lower())
            check_known(STEPS, name, "unit", row["unit"], UNITS)
            for mark in ("segment", "market"):
                if row.get(mark) and row["unit"] != MONEY_UNIT:
                    raise CatalogueError(STEPS, name, "unit", f"a {mark}'s unit is {MONEY_UNIT}")
            yield row

    def _shipped_steps(self, without: set[str]) -> tuple[list[Step], list[Step]]:
        """Return the shipped steps that stay, before and after the total."""
        names = [*self.origin.steps]
        cut = names.index(TOTAL)
        steps = self.origin.steps
        return (
            [steps[name] for name in names[:cut] if name not in without],
            [steps[name] for name in names[cut + 1 :] if name not in without],
        )

    def _unknown(self, waiting: list[Any], known: Mapping[str, Any]) -> CatalogueError:
        """Say which step refers to what is not there, or to itself."""
        names = [one.id if isinstance(one, Step) else one["id"] for one in waiting]
        for one, name in zip(waiting, names, strict=True):
            missing = [key for key in _inputs_of(one) if key not in known and key not in names]
            if missing and isinstance(one, Step):
                return CatalogueError(
                    MODEL, "-", "leave_out",
                    f"step '{name}' needs {missing[0]}; leave it out as well, or give it a formula",
                )  # fmt: skip
            if missing:
                return CatalogueError(
                    STEPS, name, "formula",
                    f"no assumption or step is called {quoted(missing[0])}",
                )  # fmt: skip
        own = [name for one, name in zip(waiting, names, strict=True) if not isinstance(one, Step)]
        return CatalogueError(
            STEPS, own[0], "formula", f"is circular: {', '.join(own)} depend on each other"
        )

    def _markets(self, steps: Mapping[str, Step]) -> tuple[str, ...]:
        """Return the shipped markets that stay, and the own steps that are marked as one."""
        rows = self.documents.get(STEPS, {}).get("step", ())
        own = [row["id"] for row in rows if row.get("market")]
        return tuple(name for name in dict.fromkeys((*self.origin.markets, *own)) if name in steps)

    def _touched(
        self, catalogue: Catalogue, steps: Mapping[str, Step], changed: set[str]
    ) -> set[str]:
        """Return the steps whose base result need not be the shipped model's any more."""
        touched = {*changed}
        for name, step in steps.items():
            same = self.origin.steps.get(name)
            if same is None or same.inputs != step.inputs or (step.formula and name != TOTAL):
                touched.add(name)
            if touched & {*step.inputs}:
                touched.add(name)
        return touched & {*steps}

    # the rest ------------------------------------------------------------------------------------

    def _constraints(
        self, about: Mapping[str, Any], catalogue: Catalogue, left_out: set[str]
    ) -> tuple[Constraint, ...]:
        kept = [one for one in self.origin.constraints if not left_out & {*one.inputs}]
        if "constraint" not in about:
            return tuple(kept)
        rows = entries(MODEL, about, "constraint", _CONSTRAINT, _CONSTRAINT_OPTIONAL)
        for row in rows:
            name = row["id"]
            if not all(isinstance(one, str) for one in row["terms"]) or not row["terms"]:
                raise CatalogueError(MODEL, name, "terms", "must be a list of ids")
            row["terms"] = tuple(row["terms"])
            row.setdefault("breach", f"broken: {row['rule']}")
            if row["relation"] not in ("<=", ">="):
                raise CatalogueError(MODEL, name, "relation", "must be '<=' or '>='")
            limit = row["limit"]
            if not isinstance(limit, str) and not is_number(limit):
                raise CatalogueError(MODEL, name, "limit", "must be a number or an assumption")
            named = [*row["terms"], *([limit] if isinstance(limit, str) else [])]
            for one in named:
                if one not in catalogue:
                    raise CatalogueError(
                        MODEL, name, "terms", f"no assumption is called {quoted(one)}"
                    )
                if catalogue[one].unit == CHOICE:
                    raise CatalogueError(MODEL, name, "terms", f"{one} is not a number")
            if row.get("adjusted") and row["adjusted"] not in row["terms"]:
                raise CatalogueError(MODEL, name, "adjusted", "must be one of the terms")
            constraint = Constraint(**row)
            if not constraint.holds(*(catalogue[one].base for one in constraint.inputs)):
                raise CatalogueError(MODEL, name, "limit", "is broken by the base case")
            kept.append(constraint)
        return tuple(kept)

    def _publication(self, steps: Mapping[str, Step], touched: set[str]) -> Publication:
        """Return the folder's publication; else the shipped one, with the figures that still hold.

        A printed figure of a step that an own model changes says nothing about that model.
        """
        if document := self.documents.get(PUBLISHED):
            found = publication_of(PUBLISHED, document)
            for name in found.figures:
                if name not in steps:
                    raise CatalogueError(PUBLISHED, name, "id", "no step has this id")
            return found
        origin = self.origin.publication
        figures = {
            name: one
            for name, one in origin.figures.items()
            if name in steps and name not in touched
        }
        return replace(origin, figures=figures)

    def _evidence(self, segments: tuple[str, ...]) -> tuple[Evidence, ...]:
        known = (SUPPORTED[0], *segments)
        document = self.documents.get(EVIDENCE)
        own = evidence_of(EVIDENCE, document, known) if document else ()
        return (*(one for one in self.origin.evidence() if one.segment in known), *own)

    def _systems(
        self, segments: tuple[str, ...], evidence: tuple[Evidence, ...]
    ) -> tuple[System, ...]:
        """Return the shipped systems of the segments that stay, with the figures that stay."""
        known = (SUPPORTED[0], *segments)
        figures = [one.id for one in evidence]
        document = self.documents.get(SYSTEMS)
        own = systems_of(SYSTEMS, document, known, figures) if document else ()
        kept = (
            replace(one, figures=tuple(name for name in one.figures if name in figures))
            for one in self.origin.systems()
            if one.segment in known
        )
        return (*kept, *own)

    def _gaps(self) -> tuple[Gap, ...]:
        """Return the folder's gaps; else the shipped ones, unless it has a publication of its own.

        What one text lacks says nothing about another.
        """
        if document := self.documents.get(GAPS):
            return gaps_of(GAPS, document)
        return () if PUBLISHED in self.documents else self.origin.gaps()

    def _findings(self, model: Model) -> tuple[Finding, ...]:
        kept = tuple(
            one
            for one in self.origin.findings(self.origin)
            if {*one.about, *one.overrides} <= model.entries.keys()
        )
        document = self.documents.get(FINDINGS)
        own = findings_of(model, FINDINGS, document) if document else ()
        for one in own:
            try:
                one.total(model)
            except CryptoAIError as error:
                raise CatalogueError(FINDINGS, one.id, "overrides", str(error)) from None
        return (*kept, *own)


def _sum(*parts: Any) -> Any:
    """Add up in the order of the segments."""
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _title(text: object) -> str:
    if not isinstance(text, str) or not text.strip():
        raise CatalogueError(MODEL, "-", "title", f"is {quoted(text)}; give a heading")
    _check_label(MODEL, "-", "title", text)
    return text.strip()


def _meant(text: str, known: Mapping[str, object], entry: str, field: str, refusal: str) -> str:
    """Return the name that a text means, or refuse it with the nearest."""
    try:
        return name_meant(text, field, known, refusal.format(quoted(text)))
    except UnknownNameError as error:
        raise CatalogueError(MODEL, entry, field, str(error)) from error


def _check_label(file: str, name: str, field: str, text: str) -> None:
    if len(text) > _LONGEST_LABEL or "\n" in text:
        raise CatalogueError(
            file, name, field, f"must be one line of at most {_LONGEST_LABEL} characters"
        )


def _prefix(text: object) -> str:
    if not isinstance(text, str) or not _PREFIX.fullmatch(text):
        raise CatalogueError(
            MODEL, "-", "prefix", f"is {quoted(text)}; give 2 to 10 capital letters, such as ACME"
        )
    return text


def _check_id(file: str, name: str) -> None:
    if not _ID.fullmatch(name) or len(name) > _LONGEST_ID or name in _TAKEN:
        raise CatalogueError(
            file, name, "id",
            "must be small letters, digits and _, with a _ or at least four letters, and no word "
            "such as scenario or override",
        )  # fmt: skip


def _scenario_ids(documents: Documents) -> list[str]:
    rows = documents[MODEL].get("scenario", [])
    return [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]


def _fill(
    file: str,
    row: dict[str, Any],
    scenarios: Mapping[str, Scenario],
    own: Mapping[str, tuple[str, dict[str, Any]]],
    left_out: Iterable[str],
) -> None:
    """Give a row a value in every scenario: its own, that of the scenario below, or base's."""
    for name in left_out:
        row.pop(name, None)
    for name in scenarios:
        over, values = own.get(name, (BASE, {}))
        if row["id"] in values:
            if name in row:
                raise CatalogueError(file, row["id"], name, f"is in {MODEL} as well; keep one")
            row[name] = values[row["id"]]
        elif name not in row:
            below = row.get(over, row.get(BASE))
            row[name] = row[BASE] if below == AS_BASE else below


def _inputs_of(one: Step | Mapping[str, Any]) -> tuple[str, ...]:
    return one.inputs if isinstance(one, Step) else ids_in(one["formula"])


def _step_of(row: Mapping[str, Any], known: Mapping[str, Any]) -> Step:
    name = row["id"]
    try:
        made = formula_of(row["formula"], known, row["unit"])
    except ValueError as error:
        raise CatalogueError(STEPS, name, "formula", str(error)) from None
    if not made.inputs:
        raise CatalogueError(STEPS, name, "formula", "refers to nothing; make it an assumption")
    return Step(
        id=name,
        label=row["label"],
        meaning=row.get("meaning", f"{row['label']}."),
        unit=row["unit"],
        of=row.get("of", ""),
        inputs=made.inputs,
        function=made.function,
        block="segments" if row.get("segment") else OWN_BLOCK,
        formula=made.text,
    )
