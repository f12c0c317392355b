"""The command line: what it prints, how it refuses, what it leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from shipped import CATALOGUE

from xl_cryptoai import Forecast
from xl_cryptoai.cli import PROGRAM_FAULT, main
from xl_cryptoai.cli.app import COMMANDS
from xl_cryptoai.files import backup_of
from xl_cryptoai.workbook import build

ROOT = Path(__file__).parents[1]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_forecast_prints_every_step_for_the_three_scenarios(capsys) -> None:
    code, out, err = run(capsys, "forecast")
    assert (code, err) == (0, "")
    total = next(line for line in out.splitlines() if " total " in line)
    assert total.split()[-3:] == ["776.38M", "10.167B", "57.770B"]
    assert "bear (house)" in out and "Bear and bull are a house view" in out


def test_one_scenario_is_one_column(capsys) -> None:
    _, out, _ = run(capsys, "forecast", "--scenario", "base")
    assert "10.167B" in out and "bull" not in out


def test_settings_stand_in_the_live_column_over_the_chosen_scenario(capsys) -> None:
    code, out, _ = run(
        capsys, "forecast", "--scenario", "bull", "--set", "ai_penetration=40%",
        "--set", "identity_base=ai_software", "--json",
    )  # fmt: skip
    data = json.loads(out)
    assert code == 0 and [*data["cases"]] == ["live", "bull"]
    assert data["live"] == {
        "scenario": "bull",
        "set": {"ai_penetration": 0.4, "identity_base": "ai_software"},
    }
    expected = Forecast("bull", overrides={"ai_penetration": 0.4, "identity_base": "ai_software"})[
        "total"
    ]
    assert data["cases"]["live"]["steps"]["total"] == expected


def test_json_and_csv_carry_full_precision(capsys) -> None:
    _, out, _ = run(capsys, "forecast", "--json")
    assert json.loads(out)["cases"]["bear"]["steps"]["total"] == Forecast("bear")["total"]
    _, out, _ = run(capsys, "forecast", "--csv")
    lines = [line.split(",") for line in out.splitlines()]
    assert lines[0] == ["id", "label", "unit", "bear", "base", "bull"]
    assert float(next(line for line in lines if line[0] == "total")[3]) == Forecast("bear")["total"]


def test_markets_that_claim_more_than_ai_revenue_are_warned_about(capsys) -> None:
    code, out, err = run(capsys, "forecast", "--set", "software_share=75%", "--json")
    assert code == 0 and json.loads(out)["cases"]["live"]["steps"]["total"] > 13e9
    assert err.startswith("warning: live: ") and "106.3% of AI revenue" in err


def test_reconcile_agrees_with_every_printed_figure(capsys) -> None:
    code, out, _ = run(capsys, "reconcile")
    assert code == 0
    assert "13 of 13 printed figures agree" in out and "10 of them independent" in out
    calibrated = [line.split()[:2] for line in out.splitlines() if "by calibration" in line]
    assert calibrated == [["Productivity", "market"], ["AI", "compute"], ["Identity", "market"]]


def test_reconcile_ends_with_1_if_a_figure_differs(capsys) -> None:
    code, out, _ = run(capsys, "reconcile", "--set", "identity_base=ai_software")
    assert code == 1
    assert "10 of 13 printed figures agree" in out and out.count("DIFFERS") == 3
    code, out, _ = run(capsys, "reconcile", "--set", "identity_base=ai_software", "--json")
    assert code == 1
    assert [line["id"] for line in json.loads(out) if not line["agrees"]] == [
        "identity_market", "crypto_identity", "total"
    ]  # fmt: skip


def test_assumptions_are_listed_or_one_is_told_in_full(capsys) -> None:
    _, out, _ = run(capsys, "assumptions")
    assert "crypto_security_share" in out and "bear (house)" in out
    _, out, _ = run(capsys, "assumptions", "identity_rate")
    assert "0.0171 (1.71%), house" in out and "par. 7" in out and "cautious" in out
    _, out, _ = run(capsys, "assumptions", "identity_base", "--json")
    assert json.loads(out)["choices"] == ["ai_revenue", "ai_software"]
    _, out, _ = run(capsys, "assumptions", "--json")
    assert [entry["id"] for entry in json.loads(out)] == [*CATALOGUE]


BAD = [
    (("forecast", "--scenario", "bare"), "no scenario is called 'bare': did you mean bear or"),
    (("forecast", "--set", "penetration=1"), "no assumption is called 'penetration': did"),
    (("forecast", "--set", "ai_penetration"), "is not of the form id=value"),
    (("forecast", "--set", "ai_penetration=33"), "ai_penetration is 33; it must be 0.001 to 1"),
    (("forecast", "--set", "gdp_growth=1%", "--set", "gdp_growth=2%"), "gdp_growth is given twice"),
    (("forecast", "--set", "gdp_growth=much"), "gdp_growth is 'much', but must be a number"),
    (("forecast", "--json", "--csv"), "choose --json or --csv"),
    (("forecast", "--csv", "--json"), "choose --json or --csv"),
    (("forecast", "--depth", "3"), "No such option"),
    (("assumptions", "gdp"), "no assumption is called 'gdp'"),
    (("build", "--for", "lotus"), "no route is called 'lotus'; known:"),
    (("predict",), "No such command"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD, ids=[" ".join(b[0]) for b in BAD])
def test_bad_usage_ends_with_2_and_one_sentence_on_stderr(capsys, arguments, words) -> None:
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("xl-cryptoai: ") and words in err and err.count("\n") == 1


def test_build_writes_the_workbooks_and_asks_before_replacing_any(capsys, tmp_path) -> None:
    code, out, _ = run(capsys, "build", "--out", str(tmp_path / "new"))
    *lines, office, excel365, libreoffice, plain = out.splitlines()
    written = [Path(line) for line in lines[:-1]]
    assert lines[-1].startswith("Open crypto_ai_revenue_windows.xlsm in Excel for Windows; once")
    assert office.endswith("with the add-in that xl-cryptoai serve provides.")
    assert excel365.endswith("in Excel 365; it needs nothing else.")
    assert "Extension Manager > Add, the .oxt file" in libreoffice
    assert (
        plain
        == "Open crypto_ai_revenue_plain.xlsx in any spreadsheet program; it needs nothing else."
    )
    assert code == 0 and all(path.stat().st_size > 5_000 for path in written)
    before = written[0].read_bytes()
    saved = openpyxl.load_workbook(written[0])
    saved.save(written[0])
    edited = written[0].read_bytes()
    written[1].unlink()
    code, _, err = run(capsys, "build", "--out", str(tmp_path / "new"))
    assert code == 2 and "exists; give --force to replace it (it is kept as " in err
    assert not written[1].exists(), "nothing is written if anything may not be"
    assert written[0].read_bytes() == edited
    code, _, _ = run(capsys, "build", "--out", str(tmp_path / "new"), "--force")
    assert code == 0 and written[0].read_bytes() == before
    assert backup_of(written[0]).read_bytes() == edited
    assert sorted(tmp_path.glob("new/.*")) == [], "no temporary file is left"


def test_build_replaces_a_workbook_that_nobody_has_saved_since_it_was_built(
    capsys, tmp_path
) -> None:
    inputs = tmp_path / "mine.toml"
    inputs.write_text("[ai_penetration]\noverride = 0.4\n", encoding="utf-8")
    command = ("build", "--out", str(tmp_path), "--for", "plain")
    assert run(capsys, *command, "--from", str(inputs))[0] == 0
    code, out, _ = run(capsys, *command)
    assert code == 0
    path = Path(out.splitlines()[0])
    assert path.read_bytes() == build("plain") and not backup_of(path).exists()


def test_a_place_that_cannot_be_written_is_refused_in_words(capsys, tmp_path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, _, err = run(capsys, "build", "--out", str(tmp_path / "file"))
    assert code == 2 and "cannot be written" in err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(capsys, command: str) -> None:
    code, out, _ = run(capsys, command, "--help")
    assert code == 0 and f"xl-cryptoai {command}" in out and "Examples:" in out


def test_without_a_command_the_help_is_shown(capsys) -> None:
    code, out, _ = run(capsys)
    assert code == 0 and "reconcile" in out


@pytest.mark.parametrize("command", ["forecast", "path", "reconcile"])
def test_a_forecast_is_printed_without_the_risk_library(command: str) -> None:
    script = (
        f"import sys; from xl_cryptoai.cli import main; main(['{command}']); "
        "print('scipy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "False"


def test_a_scenario_may_be_named_by_its_label(capsys) -> None:
    by_label, by_id = (run(capsys, "path", "--scenario", name) for name in ("Bull", "bull"))
    assert by_label == by_id and "bull (house), USD/year" in by_id[1]


def test_help_loads_nothing_heavy() -> None:
    script = (
        "import sys; from xl_cryptoai.cli import main; main(['--help']); "
        "print(sorted({'numpy', 'pandas', 'openpyxl', 'xlwings', 'formualizer', 'rich.table'} "
        "& set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    done = subprocess.run(
        f'"{sys.executable}" -m xl_cryptoai assumptions --json | head -n 1',
        shell=True, capture_output=True, text=True, check=True, timeout=60, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "udfs")])},
    )  # fmt: skip
    assert done.stderr == ""


def test_a_fault_of_the_program_has_an_exit_code_of_its_own_and_one_line(
    capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError("first line\nsecond line")

    monkeypatch.setattr("xl_cryptoai.forecast.Forecast.__init__", broken)
    code, out, err = run(capsys, "forecast")
    assert (code, out, err.count("\n")) == (PROGRAM_FAULT, "", 1)
    assert "bug in the program" in err and "ZeroDivisionError: first line second line" in err
