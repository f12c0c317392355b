"""A model on two pages, for a memo: its forecast, why, how sure it is, and whether it is sound.

All figures are those that the commands print: `forecast`, `diff`, `simulate` and `audit`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xl_cryptoai.assumptions import Assumption, UserInputs
from xl_cryptoai.assumptions.derivations import Value
from xl_cryptoai.assumptions.input_fields import OVERRIDE
from xl_cryptoai.assumptions.own_scenario import OWN
from xl_cryptoai.auditing.audit import RuleResult
from xl_cryptoai.errors import CryptoAIError
from xl_cryptoai.forecast.attribution import attribute
from xl_cryptoai.forecast.forecast import Forecast
from xl_cryptoai.forecast.model import TOTAL, Model
from xl_cryptoai.reading.findings import NOTE
from xl_cryptoai.reports.audit_page import verdict
from xl_cryptoai.reports.distribution import draw_distribution
from xl_cryptoai.reports.parts import (
    PRINTED,
    Figure,
    FileFacts,
    Part,
    Report,
    Section,
    Table,
    Tiles,
    time_of_run,
)
from xl_cryptoai.reports.segments import draw_segments, in_words, names_of
from xl_cryptoai.reports.words import fix, message, what
from xl_cryptoai.risk.description import live_in_words
from xl_cryptoai.risk.plan import Plan
from xl_cryptoai.risk.sensitivity import tornado
from xl_cryptoai.units import read_as, read_change, same_value

MOST_CHANGES, MOST_SOURCES, MOST_FINDINGS = 8, 6, 5
"""Rows that two pages have room for; how many more there are is said."""
_MONEY = "usd_per_year"
_LONGEST = 130
"""Letters of a source's or a finding's words; the rest is in the workbook, and in the audit."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a memo is about.

    Attributes
    ----------
    plan : Plan
        Where things stand, and what is simulated.
    inputs : UserInputs
        What was typed: scenario values and overrides.
    file : FileFacts
        By what the file is known.
    audit : sequence of RuleResult or None
        What an audit of the workbook found; None without a workbook.
    """

    plan: Plan
    inputs: UserInputs
    file: FileFacts
    audit: Sequence[RuleResult] | None = None


def memo(subject: Subject, made: str = "") -> Report:
    """Put the two pages together.

    Parameters
    ----------
    subject : Subject
        What they are about.
    made : str
        When the memo is made; by default now.

    Raises
    ------
    CryptoAIError
        For inputs with which the forecast cannot be computed.
    """
    plan, model = subject.plan, subject.plan.model
    live = plan.forecast
    title = f"{model.title} in {live['forecast_year']:.0f}" if "forecast_year" in live else (
        model.title
    )  # fmt: skip
    differ = f"Assumptions that differ from the {_reference(model)}"
    cases = _cases(subject)
    sections = [
        Section("Result", [*_result(subject, live, cases)]),
        Section("Scenarios", [*_scenarios(subject, live, cases)]),
        Section(differ, [*_changes(subject, live)]),
        Section("Sources of the main inputs", [*_sources(subject, live)]),
        Section("Risk", [*_risk(subject, live)]),
        Section("Audit", [*_audit(subject)]),
    ]
    published = model.publication
    subtitle = (
        f"{plan.case}; a model after {published.publisher}, {published.title}, data as of "
        f"{published.data_as_of:%Y-%m-%d}"
    )
    return Report(title, subtitle, [subject.file], made or time_of_run(), sections)


def threshold_of(model: Model) -> tuple[float, str]:
    """Return the total that chances are held against, and what it is called."""
    printed = model.publication.figures.get(TOTAL)
    if printed is not None:
        return printed.value, f"the published {printed.printed}"
    base = float(Forecast(model=model)[TOTAL])
    return base, f"the base case, {read_as(base, _MONEY)}"


# Result ------------------------------------------------------------------------------------------


def _result(subject: Subject, live: Forecast, cases: Mapping[str, Forecast]) -> Iterator[Part]:
    model = subject.plan.model
    total = float(live[TOTAL])
    base = float(Forecast(model=model)[TOTAL])
    unit = model.steps[TOTAL].unit_label
    label, case = model.steps[TOTAL].label, _reference(model)
    amount = f"{label} comes to {read_as(total, _MONEY)} {unit}"
    if same_value(total, base):
        yield f"{amount}, as in the {case}."
    else:
        change = f"{total / base - 1:+.1%}".replace("-", "\N{MINUS SIGN}")
        yield (
            f"{amount}: {read_change(total - base, _MONEY)} ({change}) against the {case}, "
            f"{read_as(base, _MONEY)}."
        )
    largest = max(model.segments, key=lambda name: float(live[name]))
    totals = [float(case[TOTAL]) for case in cases.values()]
    yield Tiles([
        (read_as(total, _MONEY), f"{model.steps[TOTAL].label}, {unit}"),
        (read_as(base, _MONEY), case),
        (f"{live[largest] / total:.0%}" if total else "-",
         f"from {model.steps[largest].label}, the largest segment"),
        (f"{read_as(min(totals), _MONEY, 3)} to {read_as(max(totals), _MONEY, 3)}",
         "across the scenarios"),
    ])  # fmt: skip


def _reference(model: Model) -> str:
    """Return what the base case is called: it is the publication's only in the shipped model."""
    return "base case" if model.text else "published case"


# Scenarios ---------------------------------------------------------------------------------------


def _cases(subject: Subject) -> dict[str, Forecast]:
    """Compute every scenario with the values that were typed for it; the own one if it is used."""
    model, inputs = subject.plan.model, subject.inputs
    catalogue = model.assumptions
    names = {name: name for name in catalogue.scenarios}
    if inputs.uses_own:
        names[OWN] = inputs.own_name
    return {
        name: Forecast(overrides=inputs.case(catalogue, case), model=model)
        for case, name in names.items()
    }


def _scenarios(subject: Subject, live: Forecast, cases: Mapping[str, Forecast]) -> Iterator[Part]:
    model, plan = subject.plan.model, subject.plan
    named: dict[str, Mapping[str, float]] = dict(
        zip(names_of(model, [*cases]), cases.values(), strict=True)
    )
    if plan.overridden or plan.name not in cases or cases[plan.name][TOTAL] != live[TOTAL]:
        named = {"Live": live, **named}
    drawn = draw_segments(model, named, PRINTED, headed=False)
    yield Figure(drawn, in_words(model, named))
    rows = [
        [model.steps[name].label, *(read_as(float(case[name]), _MONEY) for case in named.values())]
        for name in (*model.segments, TOTAL)
    ]
    columns, last = range(1, len(named) + 1), [len(rows) - 1]
    yield Table(("USD a year", *named), rows, columns, last)
    if note := model.assumptions.house_note(cases):
        yield note


# Assumptions that differ -------------------------------------------------------------------------


def _changes(subject: Subject, live: Forecast) -> Iterator[Part]:
    """List what differs from the base case, with what it adds to the total."""
    model = subject.plan.model
    catalogue = model.assumptions
    published = {name: entry.base for name, entry in catalogue.items()}
    values: dict[str, Value] = {name: live[name] for name in catalogue}
    try:
        found = attribute(model, published, values, TOTAL)
    except CryptoAIError as error:
        yield f"What each adds to the total cannot be computed: {message(error)}."
        return
    if not found.shares:
        yield f"None: every value is that of the {_reference(model)}."
        return
    # the more segments and scenarios stand above, the fewer rows are left on the page
    more = len(model.segments) - 4 + 2 * (len(catalogue.scenarios) - 3)
    room = min(max(MOST_CHANGES - more, 3), MOST_CHANGES)
    shown = found.shares if len(found.shares) <= room else found.shares[: room - 1]
    rows = [
        [
            catalogue[one.id].label,
            read_as(one.before, catalogue[one.id].unit),
            read_as(one.after, catalogue[one.id].unit),
            _source_of(subject, one.id),
            read_change(one.value, _MONEY),
        ]
        for one in shown
    ]
    if rest := found.shares[len(shown) :]:
        together = sum(one.value for one in rest)
        rows.append([f"{len(rest)} more, together", "", "", "", read_change(together, _MONEY)])
    rows.append(["All together", "", "", "", read_change(found.difference, _MONEY)])
    headers = ("assumption", _reference(model), "here", "from", "effect on the total")
    yield Table(headers, rows, (1, 2, 4), [len(rows) - 1])
    kind = "exact" if found.exact else "sampled: standard errors are in `xl-cryptoai diff`"
    yield f"The effects are Shapley values, {kind}; they add up to the whole difference."


def _source_of(subject: Subject, name: str) -> str:
    """Return where a live value is from: an override, or the scenario."""
    typed = subject.inputs.values.get(name, {}).get(OVERRIDE) is not None
    if typed or name in subject.plan.overridden:
        return OVERRIDE
    return names_of(subject.plan.model, [subject.plan.name])[0]


# Risk --------------------------------------------------------------------------------------------


def _risk(subject: Subject, live: Forecast) -> Iterator[Part]:
    plan, model = subject.plan, subject.plan.model
    if not (plan.drawn.house or plan.drawn.own):
        yield f"Nothing was simulated: no assumption is uncertain. {plan.drawn.words}"
        return
    try:
        found = plan.simulate()
    except CryptoAIError as error:
        yield f"Nothing was simulated: {message(error)}."
        return
    amount, called = threshold_of(model)
    chance, known = found.chance_of_exceeding(amount)
    total = float(live[TOTAL])
    yield Tiles([
        *((read_as(found.percentile(percent)[0], _MONEY, 3), words)
          for percent, words in ((5, "P5: exceeded in 19 of 20 draws"), (50, "P50: the middle"),
                                 (95, "P95: exceeded in 1 of 20 draws"))),
        (f"{chance:.1%}", f"chance of exceeding {called} (standard error {100 * known:.2f} pp)"),
    ])  # fmt: skip
    drawn = draw_distribution(
        found, label=model.steps[TOTAL].label, about=plan.drawn.words, live=total,
        size=(PRINTED, 240), headed=False,
    )  # fmt: skip
    position = live_in_words(found, total, plan.case)
    yield Figure(drawn, f"Distribution of the total: {position}")
    yield (
        f"{found.draws_made:,} draws, {found.method}, seed {found.seed}. {plan.drawn.words} "
        f"{position}"
    )


# Sources -----------------------------------------------------------------------------------------


def _sources(subject: Subject, live: Forecast) -> Iterator[Part]:
    """List the inputs whose range moves the total most, and where each is from."""
    model, plan = subject.plan.model, subject.plan
    from xl_cryptoai.risk import default_distributions

    values: dict[str, Value] = {name: live[name] for name in model.assumptions}
    try:
        bars = tornado("base", default_distributions(model.assumptions), values, model)
    except CryptoAIError as error:
        yield f"The main inputs cannot be separated from others: {message(error)}."
        return
    rows = []
    for bar in bars[:MOST_SOURCES]:
        entry = model.assumptions[bar.id]
        rows.append([
            entry.label, read_as(live[bar.id], entry.unit), read_as(bar.swing, _MONEY, 3),
            *_origin(plan, entry, live[bar.id]),
        ])  # fmt: skip
    yield Table(("input", "value", "swing", "kind", "source and reason"), rows, (1, 2))
    yield (
        "The inputs whose range moves the total most; swing is the change from low to high, "
        "others unchanged. All inputs are on sheet Assumptions and in `xl-cryptoai assumptions`."
    )


def _origin(plan: Plan, entry: Assumption, value: Value) -> tuple[str, str]:
    """Return what kind of value stands there, and where it is from."""
    if entry.id in plan.overridden:
        return OVERRIDE, f"instead of {read_as(entry.base, entry.unit)} ({entry.kind})"
    if not same_value(value, entry.base):
        return plan.model.assumptions.kind_of(entry.id, plan.name), _cut(
            entry.scenario_rationale or entry.rationale
        )
    return entry.kind, _cut(". ".join(one for one in (entry.locator, entry.rationale) if one))


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST].rsplit(' ', 1)[0]} ..."


# Audit -------------------------------------------------------------------------------------------


def _audit(subject: Subject) -> Iterator[Part]:
    if subject.audit is None:
        yield "No workbook was given, so none was audited: this is the model itself."
        return
    found = [(result.rule.id, one) for result in subject.audit for one in result.findings]
    found.sort(key=lambda row: (row[1].severity == NOTE, row[1].ignored))  # listed last
    yield f"{verdict(subject.audit)}."
    if not found:
        return
    rows = [
        [one.severity, one.cell, _cut(f"{what(one)}. Fix: {fix(one)}"), rule]
        for rule, one in found[:MOST_FINDINGS]
    ]
    yield Table(("", "where", "what, and the fix", "rule"), rows)
    if more := len(found) - len(rows):
        yield f"{more} more: see `xl-cryptoai audit`."
