"""Distributions: how uncertain each assumption is; simulation settings; inputs.

Shape, low, most likely and high are the house view, from the scenarios, until somebody types their
own. An override fixes its assumption, unless somebody has typed a distribution for it.
"""

from __future__ import annotations

from typing import Literal

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Assumption, Catalogue, UserInputs
from xl_cryptoai.assumptions.catalogue import BASE
from xl_cryptoai.assumptions.input_fields import (
    COMMON_FACTOR,
    SHAPE,
    SIMULATION,
    Setting,
    settings_of,
    uncertain_in,
)
from xl_cryptoai.assumptions.scenarios import allowed
from xl_cryptoai.assumptions.uncertainty import CUT, FIXED, LOW_MODE_HIGH, PERT, SHAPES
from xl_cryptoai.units import CHOICE, UNITS
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.layout import (
    ASSUMPTIONS,
    DISTRIBUTIONS,
    ERROR,
    FIRST_ROW,
    FLAG_ROW,
    HEADER_ROW,
    OK,
    SUBHEAD_ROW,
    TITLE_ROW,
    Layout,
    cell,
)
from xl_cryptoai.workbook.sheets.frame import block_header, flag_states, headers, link, put, set_up

LABEL, ID, SHAPE_COLUMN, LOW, MODE, HIGH = "ABCDEF"
OWN = dict(zip((SHAPE, *LOW_MODE_HIGH), "GHIJ", strict=True))
DRAWN, STATE, UNIT = "KLM"
EFFECT = "N"
HOUSE = dict(zip((SHAPE, *LOW_MODE_HIGH), "OPQR", strict=True))
"""The catalogue's own distribution, beside what people print: what is drawn is compared with it."""
IN_USE = dict(zip(LOW_MODE_HIGH, (LOW, MODE, HIGH), strict=True))
HEADERS = {
    LABEL: "Assumption", ID: "Id", SHAPE_COLUMN: "Shape", LOW: "Low", MODE: "Most likely",
    HIGH: "High", OWN[SHAPE]: "Own shape", OWN["low"]: "Own low", OWN["mode"]: "Own most likely",
    OWN["high"]: "Own high", DRAWN: "Drawn from", STATE: "State", UNIT: "Unit",
    EFFECT: "Effect on the total", HOUSE[SHAPE]: "House shape", HOUSE["low"]: "House low",
    HOUSE["mode"]: "House most likely", HOUSE["high"]: "House high",
}  # fmt: skip
WIDTHS = {
    LABEL: 26, ID: 18, SHAPE_COLUMN: 18.5, **dict.fromkeys(IN_USE.values(), 9),
    **dict.fromkeys(OWN.values(), 10), DRAWN: 13.5, STATE: 6.5, UNIT: 32, EFFECT: 18,
    **dict.fromkeys(HOUSE.values(), 17),
}  # fmt: skip
HOUSE_VIEW, OWN_DISTRIBUTION = "house view", "own distribution"
OVERRIDDEN, OWN_CHOICE, NOT_UNCERTAIN = "fixed: override", "fixed: own choice", "fixed"
SETTING_HEADERS = {LABEL: "Setting", ID: "Id", SHAPE_COLUMN: "Value", LOW: "What it does"}
SHAPE_MEANINGS = {
    "pert": "a smooth hump from low to high, most weight near the most likely value",
    "triangular": "straight lines from low up to the most likely value and down to high",
    "uniform": "every value from low to high equally likely; most likely is not used",
    "normal": "low and high are the 5% and 95% quantiles after truncation at the bounds; leave "
    "most likely blank, since they determine it",
    "lognormal": "as normal, on a logarithmic scale; low must be above 0",
    FIXED: "not uncertain: keeps its live value, or your own most likely value",
}


def write(sheet: Worksheet, catalogue: Catalogue, layout: Layout, inputs: UserInputs) -> None:
    """Write the sheet."""
    low, high = (catalogue.scenarios[name].label for name in catalogue.span)
    set_up(
        sheet,
        "Distributions",
        f"How uncertain each assumption is: a house view, from {low} to {high}, yours to change in "
        "the blue cells. An override fixes its assumption unless you type a distribution here.",
        WIDTHS,
        tab=styles.TAB_INPUT,
        freeze=f"{SHAPE_COLUMN}{FIRST_ROW}",
    )
    headers(sheet, HEADER_ROW, list(HEADERS.items()))
    for column in (*IN_USE.values(), *OWN.values()):
        sheet[f"{column}{HEADER_ROW}"].alignment = styles.RIGHT_WRAP
    sheet.row_dimensions[HEADER_ROW].height = 28
    centred = (SHAPE_COLUMN, OWN[SHAPE], DRAWN, STATE)
    for column in centred:
        sheet[f"{column}{HEADER_ROW}"].alignment = styles.CENTRE
    for columns, words in (((SHAPE_COLUMN, *IN_USE.values()), "in use"), (OWN.values(), "yours")):
        for column in columns:
            put(sheet, f"{column}{SUBHEAD_ROW}", words, styles.SMALL,
                align=styles.CENTRE if column in centred else styles.RIGHT)  # fmt: skip
    for row, entry in enumerate(uncertain_in(catalogue), start=FIRST_ROW):
        _write_row(sheet, row, entry, layout, catalogue)
        _write_inputs(sheet, row, entry, layout, catalogue, inputs)
    flag_states(sheet, _column_range(STATE, catalogue))
    row = _settings_row(catalogue)
    block_header(sheet, row - 2, "Settings of the simulation, the goal and the grid", UNIT)
    headers(sheet, row - 1, [*SETTING_HEADERS.items(), *((column, "") for column in "EFGHIJKLM")])
    sheet[f"{SHAPE_COLUMN}{row - 1}"].alignment = styles.CENTRE
    for setting in _settings(catalogue).values():
        _write_setting(sheet, row, setting, inputs.value(catalogue, SIMULATION, setting.id))
        row += 1
    _write_shapes(sheet, catalogue)
    sheet.print_title_rows = f"{TITLE_ROW}:{FLAG_ROW}"
    sheet.row_breaks.append(Break(id=_shapes_row(catalogue) - 2))
    sheet.print_area = f"A1:{STATE}{_shapes_row(catalogue) + len(SHAPES) - 1}"


def block(catalogue: Catalogue) -> str:
    """Refer to the distributions as functions take them: id, shape, low, most likely, high."""
    first, last = FIRST_ROW, _last_row(catalogue)
    return f"{DISTRIBUTIONS}!${ID}${first}:${HIGH}${last}"


def column_of(catalogue: Catalogue, column: str) -> str:
    """Refer to one column of the distributions."""
    return f"{DISTRIBUTIONS}!${column}${FIRST_ROW}:${column}${_last_row(catalogue)}"


def label_of(name: str, catalogue: Catalogue) -> str:
    """Write a formula for the label of the assumption whose id a cell holds."""
    labels, ids = column_of(catalogue, LABEL), column_of(catalogue, ID)
    return f"INDEX({labels},MATCH({name},{ids},0))"


def setting_cell(name: str, catalogue: Catalogue) -> str:
    """Refer to a setting of the simulation."""
    row = _settings_row(catalogue) + list(_settings(catalogue)).index(name)
    return cell(DISTRIBUTIONS, SHAPE_COLUMN, row, fixed=True)


def settings_area(catalogue: Catalogue) -> str:
    """Refer to all settings that stand here."""
    first = _settings_row(catalogue)
    last = first + len(_settings(catalogue)) - 1
    return f"{DISTRIBUTIONS}!${SHAPE_COLUMN}${first}:${SHAPE_COLUMN}${last}"


def known_shapes(catalogue: Catalogue) -> str:
    """Refer to the words for the shapes."""
    first = _shapes_row(catalogue)
    return f"{DISTRIBUTIONS}!${ID}${first}:${ID}${first + len(SHAPES) - 1}"


def shape_cells(catalogue: Catalogue) -> list[str]:
    """Refer to the shapes in use, one by one."""
    rows = range(FIRST_ROW, _last_row(catalogue) + 1)
    return [cell(DISTRIBUTIONS, SHAPE_COLUMN, row, fixed=True) for row in rows]


def names(catalogue: Catalogue) -> dict[str, str]:
    """Return the names that the settings' cells carry."""
    return {f"{SIMULATION}_{name}": setting_cell(name, catalogue) for name in _settings(catalogue)}


def _settings(catalogue: Catalogue) -> dict[str, Setting]:
    """Return the settings that stand here; the common factor is on sheet Correlations."""
    return {
        name: setting for name, setting in settings_of(catalogue).items() if name != COMMON_FACTOR
    }


def _last_row(catalogue: Catalogue) -> int:
    return FIRST_ROW + len(uncertain_in(catalogue)) - 1


def _settings_row(catalogue: Catalogue) -> int:
    return _last_row(catalogue) + 4  # a gap, a heading and a head


def _shapes_row(catalogue: Catalogue) -> int:
    return _settings_row(catalogue) + len(_settings(catalogue)) + 2


def _column_range(column: str, catalogue: Catalogue) -> str:
    return f"{column}{FIRST_ROW}:{column}{_last_row(catalogue)}"


def _write_row(
    sheet: Worksheet, row: int, entry: Assumption, layout: Layout, catalogue: Catalogue
) -> None:
    number_format = styles.NUMBER_FORMATS[entry.unit]
    put(sheet, f"{LABEL}{row}", entry.label)
    put(sheet, f"{ID}{row}", entry.id, styles.SMALL)
    link(sheet, f"{ID}{row}", ASSUMPTIONS, f"A{layout.assumption_row[entry.id]}")
    put(sheet, f"{UNIT}{row}", entry.unit_label, styles.SMALL)
    lower, upper = catalogue.span
    one, base, other, live, override = (
        layout.assumption(entry.id, column) for column in (
            layout.cases[lower], layout.cases[BASE], layout.cases[upper], layout.cases["live"],
            layout.override)
    )  # fmt: skip
    shape, own = f"{SHAPE_COLUMN}{row}", {word: f"{OWN[word]}{row}" for word in OWN}
    house = {word: f"{HOUSE[word]}{row}" for word in HOUSE}
    fixed = f'{shape}="{FIXED}"'
    cut = "OR(" + ",".join(f'{shape}="{name}"' for name in CUT) + ")"
    nothing = "AND(" + ",".join(f'{where}=""' for where in own.values()) + ")"
    put(sheet, shape, f"={_shape_formula(entry, own, house[SHAPE], nothing, override)}",
        styles.BOLD, align=styles.CENTRE)  # fmt: skip
    for end, formula in (
        ("low", f'IF({fixed},{MODE}{row},IF({own["low"]}="",MIN({one},{other}),{own["low"]}))'),
        ("mode", f'IF({own["mode"]}<>"",{own["mode"]},IF({fixed},{live},IF({cut},"",{base})))'),
        ("high", f'IF({fixed},{MODE}{row},IF({own["high"]}="",MAX({one},{other}),{own["high"]}))'),
    ):
        put(sheet, f"{IN_USE[end]}{row}", f"={formula}", styles.BOLD,
            align=styles.RIGHT, number_format=number_format)  # fmt: skip
    same = ",".join(
        f"{used}{row}={house[word]}" for word, used in ((SHAPE, SHAPE_COLUMN), *IN_USE.items())
    )
    put(
        sheet, f"{DRAWN}{row}",
        f'=IF({fixed},IF({nothing},IF({override}<>"","{OVERRIDDEN}","{NOT_UNCERTAIN}"),'
        f'"{OWN_CHOICE}"),IF(AND({same}),"{HOUSE_VIEW}","{OWN_DISTRIBUTION}"))',
        styles.SMALL, align=styles.CENTRE,
    )  # fmt: skip
    put(sheet, f"{STATE}{row}", _state(row, entry, layout, catalogue), styles.SMALL,
        align=styles.CENTRE)  # fmt: skip
    assert entry.uncertainty is not None
    put(sheet, f"{EFFECT}{row}", entry.effect, styles.SMALL)
    put(sheet, house[SHAPE], entry.uncertainty.shape, styles.SMALL, align=styles.CENTRE)
    for end in LOW_MODE_HIGH:
        put(sheet, house[end], getattr(entry.uncertainty, end), styles.SMALL, align=styles.RIGHT,
            number_format=number_format)  # fmt: skip
    for column in HEADERS:
        sheet[f"{column}{row}"].border = styles.THIN_BELOW


def _shape_formula(
    entry: Assumption, own: dict[str, str], house: str, nothing: str, override: str
) -> str:
    """Write which shape is drawn: `shape_in_use` in a formula."""
    assert entry.uncertainty is not None
    if entry.uncertainty.shape == FIXED:
        rest = f'IF(OR({own["low"]}<>"",{own["high"]}<>""),"{PERT}",{house})'
    else:
        rest = f'IF(AND({nothing},{override}<>""),"{FIXED}",{house})'
    return f'IF({own[SHAPE]}<>"",{own[SHAPE]},{rest})'


def _state(row: int, entry: Assumption, layout: Layout, catalogue: Catalogue) -> str:
    """Write the formula that says whether shape, low, most likely and high can be used."""
    low, mode, high, shape = (f"{column}{row}" for column in (LOW, MODE, HIGH, SHAPE_COLUMN))
    lower, upper = (layout.assumption(entry.id, column) for column in (layout.lower, layout.upper))
    first = _shapes_row(catalogue)
    known = f"${ID}${first}:${ID}${first + len(SHAPES) - 1}"
    settled = ",".join(f'{shape}="{name}"' for name in CUT)
    rules = (
        f"COUNTIF({known},{shape})=1", f"ISNUMBER({low})", f"ISNUMBER({high})",
        f'OR(AND({mode}="",OR({settled})),AND(ISNUMBER({mode}),{low}<={mode},{mode}<={high}))',
        f"{low}>={lower}", f"{high}<={upper}",
        f'OR({shape}="{FIXED}",{low}<{high})', f'OR({shape}<>"lognormal",{low}>0)',
    )  # fmt: skip
    return f'=IF(AND({",".join(rules)}),"{OK}","{ERROR}")'


def _write_inputs(
    sheet: Worksheet, row: int, entry: Assumption, layout: Layout, catalogue: Catalogue,
    inputs: UserInputs,
) -> None:  # fmt: skip
    shape = f"{OWN[SHAPE]}{row}"
    put(sheet, shape, inputs.value(catalogue, entry.id, SHAPE), styles.INPUT, align=styles.CENTRE)
    _open(sheet, shape)
    why = f"{entry.label}: the shape of its distribution. Blank: house view, or fixed by override."
    _choose(sheet, shape, SHAPES, "Shape", why, may_be_blank=True)
    for end in LOW_MODE_HIGH:
        where = f"{OWN[end]}{row}"
        put(sheet, where, inputs.value(catalogue, entry.id, end), styles.INPUT,
            align=styles.RIGHT, number_format=styles.NUMBER_FORMATS[entry.unit])  # fmt: skip
        _open(sheet, where)
    limits = (layout.assumption(entry.id, one) for one in (layout.lower, layout.upper))
    rule = _between(f"{OWN['low']}{row}:{OWN['high']}{row}", "decimal", *limits)
    rule.errorTitle, rule.error = "Not allowed", f"{entry.id} must be {allowed(entry)}."
    rule.promptTitle = entry.label[:32]
    rule.prompt = f"Blank: taken from the scenarios. Allowed: {allowed(entry)}, in rising order."
    sheet.add_data_validation(rule)


def _write_setting(sheet: Worksheet, row: int, setting: Setting, value: object) -> None:
    where = f"{SHAPE_COLUMN}{row}"
    put(sheet, f"{LABEL}{row}", setting.label)
    put(sheet, f"{ID}{row}", setting.id, styles.SMALL)
    put(sheet, f"{LOW}{row}", f"{setting.meaning}.", styles.SMALL, align=styles.INDENT)
    number_format = "0" if setting.id == "seed" else styles.NUMBER_FORMATS[setting.unit]
    put(sheet, where, value, styles.INPUT, align=styles.RIGHT, number_format=number_format)
    _open(sheet, where)
    if setting.unit == CHOICE:
        _choose(sheet, where, setting.choices, setting.label, f"{setting.meaning}.")
        return
    kind: Literal["whole", "decimal"] = "whole" if UNITS[setting.unit].whole else "decimal"
    rule = _between(where, kind, f"{setting.lower:.15g}", f"{setting.upper:.15g}")
    rule.errorTitle, rule.error = "Not allowed", f"{setting.id} must be {allowed(setting)}."
    rule.promptTitle = setting.label[:32]
    rule.prompt = f"{setting.meaning}. Allowed: {allowed(setting)}."[:255]
    rule.allow_blank = False
    sheet.add_data_validation(rule)


def _write_shapes(sheet: Worksheet, catalogue: Catalogue) -> None:
    row = _shapes_row(catalogue)
    block_header(sheet, row - 1, "Shapes", UNIT)
    for name in SHAPES:
        put(sheet, f"{ID}{row}", name, styles.SMALL)
        put(sheet, f"{SHAPE_COLUMN}{row}", SHAPE_MEANINGS[name], styles.SMALL, align=styles.INDENT)
        row += 1


def _open(sheet: Worksheet, where: str) -> None:
    sheet[where].fill = styles.INPUT_BACK
    sheet[where].border = styles.THIN_BELOW
    sheet[where].protection = styles.UNLOCKED


def _choose(
    sheet: Worksheet,
    where: str,
    words: tuple[str, ...],
    title: str,
    why: str,
    *,
    may_be_blank: bool = False,
) -> None:
    listed = f'"{",".join(words)}"'
    if len(listed) > MOST_LISTED:  # Excel takes no longer list: the ids stand in a column
        listed = f"${ID}${FIRST_ROW}:${ID}${FIRST_ROW + len(words) - 1}"
    rule = DataValidation(type="list", formula1=listed, allow_blank=may_be_blank)
    rule.showErrorMessage = rule.showInputMessage = True
    rule.errorTitle, rule.error = "Not allowed", f"Choose one of {', '.join(words)}."[:255]
    rule.promptTitle, rule.prompt = title[:32], why[:255]
    rule.add(where)
    sheet.add_data_validation(rule)


MOST_LISTED = 255
"""Characters that a list inside a validation may have."""


def _between(
    area: str, kind: Literal["whole", "decimal"], lower: str, upper: str
) -> DataValidation:
    rule = DataValidation(
        type=kind, operator="between", formula1=lower, formula2=upper, allow_blank=True
    )
    rule.showErrorMessage = rule.showInputMessage = True
    rule.add(area)
    return rule
