"""Evidence: the publication's other figures and the questions they raise; no input of a step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from xl_cryptoai.assumptions import Catalogue
from xl_cryptoai.forecast.model import Model
from xl_cryptoai.source import Evidence
from xl_cryptoai.workbook import styles
from xl_cryptoai.workbook.formulas import ids_in, substitute
from xl_cryptoai.workbook.layout import (
    EVIDENCE,
    FIRST_ROW,
    Layout,
    cell,
)
from xl_cryptoai.workbook.sheets.frame import block_header, fit_height, headers, put, set_up

SEGMENT, WHO, WHAT, LOW, HIGH, UNIT, AS_OF, PERIOD, PLACE, NOTE = "ABCDEFGHIJ"
WIDTHS = {
    SEGMENT: 13, WHO: 15, WHAT: 33, LOW: 11, HIGH: 11, UNIT: 12, AS_OF: 10, PERIOD: 10, PLACE: 16,
    NOTE: 18,
}  # fmt: skip
TABLE_HEADERS = {
    SEGMENT: "Supports",
    WHO: "Who",
    WHAT: "What",
    LOW: "Low",
    HIGH: "High",
    UNIT: "Unit",
    AS_OF: "As of",
    PERIOD: "Period",
    PLACE: "Where",
    NOTE: "Note",
}
RUN_RATES = {
    "akash_compute_spend": ("akash_run_rate", "akash_start"),
    "hut8_hpc_revenue": ("hut8_run_rate", ""),
}
"""Figures that the questions turn to a year's rate: the line with it, and that with its begin."""
FORMATS = {
    "share": "0.00%",
    "multiple": '#,##0"x"',
    "usd_per_kwh": "0.00",
    "year": "0",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a question: its name, words, and a constant or a formula over names.

    `fact_X_low` and `fact_X_high` are ends of the figure X; other names are earlier lines,
    assumptions and results.
    """

    id: str
    label: str
    unit: str
    content: str | float | dt.date
    number_format: str


def questions(facts: Mapping[str, Evidence]) -> dict[str, list[Line]]:
    """List what the figures let one ask, by heading, each answer as a formula."""
    akash, launch = facts.get("akash_compute_spend"), facts.get("akash_ai_cloud_launch")
    start = dt.date.fromisoformat(launch.period) if launch is not None else ""
    growth = 'IF(years_to_forecast>0,(crypto_compute/{})^(1/years_to_forecast)-1,"n/a")'
    return {
        "How fast must crypto compute grow, from what is paid today to the forecast?": [
            Line("akash_start", "Akash: start of its AI cloud", "date", start, "date"),
            Line(
                "akash_as_of",
                "Date of the publication's data",
                "date",
                akash.as_of if akash is not None else "",
                "date",
            ),
            Line("days_a_year", "Days in a year", "days", 365, "count"),
            Line("quarters_a_year", "Quarters in a year", "quarters", 4, "count"),
            Line(
                "akash_run_rate",
                "Akash: spending, annualised",
                "USD/year",
                "fact_akash_compute_spend_low/(akash_as_of-akash_start)*days_a_year",
                "count",
            ),
            Line(
                "hut8_run_rate",
                "Hut 8: computing revenue, annualised",
                "USD/year",
                "fact_hut8_hpc_revenue_low*quarters_a_year",
                "count",
            ),
            Line(
                "years_to_forecast",
                "Years from that date to the forecast year",
                "years",
                "forecast_year-YEAR(akash_as_of)",
                "count",
            ),
            Line(
                "akash_growth",
                "Annual growth to the forecast, from Akash's run-rate alone",
                "per year",
                growth.format("akash_run_rate"),
                "growth",
            ),
            Line(
                "hut8_growth",
                "Annual growth to the forecast, from Hut 8's run-rate alone",
                "per year",
                growth.format("hut8_run_rate"),
                "growth",
            ),
        ],
        "How much cheaper is the miners' power?": [
            Line(
                "miner_price",
                "Miners: middle of the range",
                "USD/kWh",
                "AVERAGE(fact_miner_power_price_low,fact_miner_power_price_high)",
                "price",
            ),
            Line(
                "big_tech_price",
                "Big tech: middle of the range",
                "USD/kWh",
                "AVERAGE(fact_big_tech_power_price_low,fact_big_tech_power_price_high)",
                "price",
            ),
            Line("power_gap", "Gap", "USD/kWh", "big_tech_price-miner_price", "price"),
            Line(
                "power_ratio",
                "Miners' price as a share of big tech's",
                "share",
                "miner_price/big_tech_price",
                "growth",
            ),
        ],
        "What does a proof cost, and what would the security revenue buy?": [
            Line(
                "proof_fee",
                "Fee for one proof on chain: middle of the range",
                "USD",
                "AVERAGE(fact_proof_fee_low,fact_proof_fee_high)",
                "price",
            ),
            Line(
                "proofs_bought",
                "Proofs a year that crypto security would pay for",
                "count",
                "crypto_security/proof_fee",
                "count",
            ),
            Line(
                "proof_cost",
                "Cost to prove a computation of 50 USD",
                "USD",
                "fact_aws_computation_cost_low*fact_zk_proof_cost_multiple_low",
                "count",
            ),
            Line(
                "device_revenue",
                "Crypto security for each edge device expected by 2027",
                "USD/year",
                "crypto_security/fact_ai_edge_devices_low",
                "price",
            ),
        ],
    }


def answerable(facts: Mapping[str, Evidence], model: Model) -> dict[str, list[Line]]:
    """List the questions of which the model has every figure and result."""
    found = {}
    for title, lines in questions(facts).items():
        known = {*model.entries, *(line.id for line in lines)}
        known |= {f"fact_{name}_{end}" for name in facts for end in ("low", "high")}
        texts = [line.content for line in lines if isinstance(line.content, str)]
        if all(texts) and all({*ids_in(text)} <= known for text in texts):
            found[title] = lines
    return found


def write(
    sheet: Worksheet, facts: Mapping[str, Evidence], catalogue: Catalogue, layout: Layout
) -> None:
    """Write the sheet."""
    set_up(
        sheet,
        "Evidence",
        "The publication's other figures, in our own words, and the questions they raise. For "
        "reference only: none feeds the forecast.",
        WIDTHS,
        tab=styles.TAB_TEXT,
        freeze=f"A{FIRST_ROW}",
    )
    head = FIRST_ROW - 1
    headers(sheet, head, list(TABLE_HEADERS.items()))
    for column in (LOW, HIGH):
        sheet[f"{column}{head}"].alignment = styles.RIGHT
    for column in (UNIT, PERIOD):
        sheet[f"{column}{head}"].alignment = styles.INDENT
    for fact in facts.values():
        _write_fact(sheet, fact, layout.fact_row[fact.id])
    last = _last_fact(layout)
    table = Table(displayName="evidence_table", ref=f"{SEGMENT}{head}:{NOTE}{last}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)
    sheet.protection.autoFilter = sheet.protection.sort = False  # filtering stays allowed
    sheet.print_title_rows = f"1:{head}"
    if answerable(facts, layout.model):
        sheet.row_breaks.append(Break(id=last + 1))
        last = _write_questions(sheet, last + 2, facts, catalogue, layout)
    sheet.print_area = f"A1:{NOTE}{last}"


def _write_questions(
    sheet: Worksheet,
    head: int,
    facts: Mapping[str, Evidence],
    catalogue: Catalogue,
    layout: Layout,
) -> int:
    headers(sheet, head, [(SEGMENT, "The questions they raise"), (WHO, ""), (WHAT, ""),
                            (LOW, "Answer"), (HIGH, "Unit"), (UNIT, "From"), (AS_OF, ""),
                       (PERIOD, ""), (PLACE, ""), (NOTE, "")])  # fmt: skip
    sheet[f"{LOW}{head}"].alignment = styles.RIGHT
    places: dict[str, str] = {}
    reference = _references(places, catalogue, layout)
    for row, line in _question_rows(facts, layout):
        if isinstance(line, str):
            block_header(sheet, row, line, NOTE)
            continue
        places[line.id] = f"{LOW}{row}"
        put(sheet, f"{SEGMENT}{row}", line.label)
        content = line.content
        if isinstance(content, str):
            put(sheet, f"{UNIT}{row}", content, styles.SMALL)
            content = f"={substitute(content, reference)}"
        put(
            sheet,
            f"{LOW}{row}",
            content,
            align=styles.RIGHT,
            number_format=styles.NUMBER_FORMATS[line.number_format],
        )
        put(sheet, f"{HIGH}{row}", line.unit, styles.SMALL, align=styles.INDENT)
    return max(row for row, _ in _question_rows(facts, layout))


def _last_fact(layout: Layout) -> int:
    return max(layout.fact_row.values(), default=FIRST_ROW)


def _question_rows(
    facts: Mapping[str, Evidence], layout: Layout
) -> Iterator[tuple[int, str | Line]]:
    """Yield the row of every question's title and of the lines below it."""
    questions = answerable(facts, layout.model).items()
    listed = chain.from_iterable((title, *lines) for title, lines in questions)
    yield from enumerate(listed, start=_last_fact(layout) + 3)  # a gap, and the header


def answer(name: str, layout: Layout) -> str:
    """Refer to the answer in one line of the questions; "" if the model has not asked it."""
    facts = {fact.id: fact for fact in layout.model.evidence()}
    for row, line in _question_rows(facts, layout):
        if isinstance(line, Line) and line.id == name:
            return cell(EVIDENCE, LOW, row, fixed=True)
    return ""


def run_rate_cells(fact: str, layout: Layout) -> tuple[str, str]:
    """Refer to a figure at a year's rate, and write the year that it is of; "" if it is none."""
    rate, begin = RUN_RATES.get(fact, ("", ""))
    started = answer(begin, layout) if begin else cell(
        EVIDENCE, AS_OF, layout.fact_row[fact], fixed=True
    )  # fmt: skip
    return answer(rate, layout), f"YEAR({started})"


def _references(
    places: Mapping[str, str], catalogue: Catalogue, layout: Layout
) -> Callable[[str], str]:
    def reference(name: str) -> str:
        if name in places:
            return places[name]
        if name.startswith("fact_"):
            return fact_reference(name, layout).removeprefix(f"{EVIDENCE}!")
        return layout.assumption(name) if name in catalogue else layout.result(name)

    return reference


def segment_words(segment: str) -> str:
    """Return a segment as words; not its label, by which readers take a row for the step's."""
    return segment.replace("_", " ")


def fact_reference(name: str, layout: Layout) -> str:
    """Refer to an end of a figure by its name in formulas, such as fact_proof_fee_low."""
    fact, _, end = name.removeprefix("fact_").rpartition("_")
    return cell(EVIDENCE, {"low": LOW, "high": HIGH}[end], layout.fact_row[fact])


def _write_fact(sheet: Worksheet, fact: Evidence, row: int) -> None:
    segment = segment_words(fact.segment)
    number_format = FORMATS.get(fact.unit, styles.LARGE_WHOLE)
    what = fact.what + (f" ({fact.qualifier})" if fact.qualifier else "")
    for column, text in (
        (SEGMENT, segment),
        (WHO, fact.who),
        (WHAT, what),
        (UNIT, fact.unit),
        (PERIOD, fact.when()),
        (PLACE, fact.locator),
        (NOTE, fact.note),
    ):
        align = styles.INDENT_TOP if column in (UNIT, PERIOD) else styles.WRAP
        put(sheet, f"{column}{row}", text or None, styles.SMALL, align=align)
    for column, value in ((LOW, fact.low), (HIGH, fact.high)):
        put(sheet, f"{column}{row}", value, align=styles.TOP_RIGHT, number_format=number_format)
    put(sheet, f"{AS_OF}{row}", fact.as_of, styles.SMALL, align=styles.WRAP,
        number_format=styles.NUMBER_FORMATS["date"])  # fmt: skip
    texts = ((SEGMENT, segment), (WHO, fact.who), (WHAT, what), (PLACE, fact.locator),
             (NOTE, fact.note), (UNIT, fact.unit), (PERIOD, fact.when()))  # fmt: skip
    fit_height(sheet, row, [(text, WIDTHS[column]) for column, text in texts])
