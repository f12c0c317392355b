"""Results as notebooks and pandas take them."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys

import numpy as np
import pytest
from shipped import CATALOGUE, RESULTS

import xl_cryptoai
from xl_cryptoai import sensitivities, simulate, tornado
from xl_cryptoai.notebook import html_table
from xl_cryptoai.risk import Bar, Tornado


def headers(shown: str) -> list[str]:
    return re.findall(r"<th[^>]*>(.*?)</th>", shown)


def test_the_public_names_are_listed_and_each_is_there() -> None:
    assert {*xl_cryptoai.__all__} <= {*dir(xl_cryptoai)}
    for name in xl_cryptoai.__all__:
        assert getattr(xl_cryptoai, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'forecasts'"):
        xl_cryptoai.forecasts  # noqa: B018


def test_to_list_the_names_imports_nothing_and_to_show_a_result_no_pandas() -> None:
    script = (
        "import sys, xl_cryptoai; dir(xl_cryptoai); print('numpy' in sys.modules); "
        "xl_cryptoai.Forecast()._repr_html_(); xl_cryptoai.simulate(64)._repr_html_(); "
        "xl_cryptoai.tornado()._repr_html_(); print('pandas' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.split() == ["False", "False"]


def test_a_value_in_a_notebook_cannot_become_a_tag() -> None:
    shown = html_table("<b>", ["<i>"], [["<script>"]], texts=1, note="<u>")
    assert not re.search(r"<(b|i|script|u)>", shown)
    assert "&lt;script&gt;" in shown


def test_a_tornado_is_a_list_of_bars_and_a_frame_of_numbers() -> None:
    bars = tornado()
    frame = bars.to_frame()
    assert isinstance(bars, list) and isinstance(bars[0], Bar)
    assert [*frame.columns] == [
        "label", "id", "unit", "low", "high", "total_low", "total_high", "swing",
    ]  # fmt: skip
    assert (frame.dtypes[3:] == np.float64).all()
    assert frame["swing"].tolist() == [bar.swing for bar in bars]
    assert frame.attrs["units"]["swing"] == "USD/year"


def test_a_notebook_shows_each_bar_in_its_own_unit() -> None:
    cells = re.findall(r"<td[^>]*>(.*?)</td>", tornado()._repr_html_())
    assert cells[:8] == [
        "Crypto share of AI software", "crypto_software_share", "share of AI software",
        "1%", "10%", "5.1478B", "16.441B", "11.293B",
    ]  # fmt: skip


def test_a_tornado_without_bars_is_an_empty_frame() -> None:
    assert Tornado(CATALOGUE).to_frame().empty


def test_a_table_can_be_pickled_and_stays_one() -> None:
    bars = pickle.loads(pickle.dumps(tornado()))
    assert isinstance(bars, Tornado) and bars == tornado()


def test_sensitivities_are_numbers_and_measures_that_do_not_apply_are_not_shown() -> None:
    found = sensitivities(64)
    frame = found.to_frame()
    assert (frame.dtypes[2:] == np.float64).all()
    assert frame["total"].tolist() == [one.total for one in found]
    assert frame["shapley"].isna().all()  # for correlated assumptions only
    assert "shapley" not in headers(found._repr_html_())
    assert "total_se" in headers(found._repr_html_())


def test_a_simulation_is_a_frame_with_one_row_a_result_and_says_how_it_was_drawn() -> None:
    found = simulate(64)
    frame = found.to_frame()
    assert frame["result"].tolist() == list(RESULTS)
    assert (frame.dtypes[1:] == np.float64).all()
    assert frame.attrs["units"]["p95_se"] == "USD/year"
    assert (frame.attrs["draws"], frame.attrs["method"]) == (64, "sobol")
    shown = found._repr_html_()
    assert headers(shown)[:4] == ["label", "id", "mean", "sd"]
    assert "64 draws, sobol" in shown and "ai_penetration" in shown
