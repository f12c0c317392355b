"""Every figure that the publication prints, with its place, against the model's base case."""

from __future__ import annotations

import pytest
from shipped import MODEL

from xl_cryptoai import Forecast
from xl_cryptoai.errors import CatalogueError, ShapeMismatchError
from xl_cryptoai.forecast.reconcile import reconcile
from xl_cryptoai.source import load_published
from xl_cryptoai.source.published import parse_printed

ROLE = "Defining the role of cryptocurrencies, par. {}"

# step, printed, exact base-case value, where printed
PRINTED = [
    ("tam", "5.85T", 5.85e12, ROLE.format(3)),
    ("ai_gain", "1.93T", 1.9305e12, ROLE.format(3)),
    ("ai_revenue", "251B", 250.965e9, ROLE.format(8)),
    ("ai_software", "125.5B", 125.4825e9, ROLE.format(5)),
    ("ai_compute", "47.44B", 47.44e9, ROLE.format(6)),
    ("identity_market", "8.78B", 8.783775e9, ROLE.format(7)),
    ("compliance_rate", "8.9%", 58.75 / 660, ROLE.format(8)),
    ("security_market", "22.34B", 22.3396875e9, ROLE.format(8)),
    ("crypto_software", "6.27B", 6.274125e9, ROLE.format(5)),
    ("crypto_compute", "1.90B", 1.8976e9, ROLE.format(6)),
    ("crypto_identity", "878M", 878.3775e6, ROLE.format(7)),
    ("crypto_security", "1.12B", 1.116984375e9, ROLE.format(8)),
    ("total", "10.2B", 10.167086875e9, "Introduction, par. 3"),
]


@pytest.mark.parametrize(("step", "printed", "exact", "locator"), PRINTED,
                         ids=[f"{p[0]} printed {p[1]}" for p in PRINTED])  # fmt: skip
def test_the_base_case_gives_the_printed_figure(
    step: str, printed: str, exact: float, locator: str
) -> None:
    figure = load_published().figures[step]
    assert (figure.printed, figure.locator) == (printed, locator)
    value = Forecast()[step]
    assert value == pytest.approx(exact, rel=1e-14)
    assert abs(value - figure.value) <= figure.half_digit


def test_every_printed_figure_is_reconciled_and_no_other() -> None:
    lines = Forecast().reconcile()
    assert [line.figure.id for line in lines] == [line[0] for line in PRINTED]
    assert all(line.agrees for line in lines)


def test_a_result_beyond_half_of_the_last_digit_does_not_reconcile() -> None:
    inside, outside = (
        reconcile(MODEL, {"tam": 5.8549e12})[0],
        reconcile(MODEL, {"tam": 5.8551e12})[0],
    )
    assert inside.agrees and not outside.agrees
    assert outside.difference == pytest.approx(5.1e9)


def test_many_rows_cannot_be_reconciled_at_once() -> None:
    with pytest.raises(ShapeMismatchError, match="tam has 2 values; give one"):
        reconcile(MODEL, {"tam": [1.0, 2.0]})


# House totals: exact chain with the house assumptions; not the publication's.
@pytest.mark.parametrize(
    ("scenario", "total"), [("bear", 776.38e6), ("base", 10.16709e9), ("bull", 57.77022e9)]
)
def test_the_scenario_totals_are_the_models(scenario: str, total: float) -> None:
    assert Forecast(scenario)["total"] == pytest.approx(total, rel=1e-5)


def test_identity_on_ai_software_gives_the_other_total() -> None:
    # 3.5% of 125.4825B instead of 250.965B: 439M less
    total = Forecast(overrides={"identity_base": "ai_software"})["total"]
    assert total == pytest.approx(9.72790e9, rel=1e-5)


@pytest.mark.parametrize("text", ["5,85T", "", "T", "5.85X", "-5.85T", "1.1 2B"])
def test_a_figure_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a figure such as"):
        parse_printed(text)


def test_a_published_entry_with_an_unreadable_figure_names_the_file_and_entry(tmp_path) -> None:
    path = tmp_path / "published.toml"
    path.write_text('[[figure]]\nid = "tam"\nprinted = "5,85T"\nlocator = "x"\n', encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"published.toml: entry 'tam', field 'printed'"):
        load_published(path)
