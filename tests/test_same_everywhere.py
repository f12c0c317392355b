"""The same figures on every machine: under other kinds of processor, and in what is stored.

OpenBLAS and numpy choose their code by processor; both can be told to take that of another one,
and so can glibc, whose exponentials and powers then end in other digits. What cannot be tried here:
ARM, macOS, Windows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import fingerprint
import openpyxl
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
SSE = "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"
AVX2 = "X86_V4 AVX512_ICL AVX512_SPR"
PROCESSORS: dict[str, dict[str, str]] = {
    "Haswell": {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": AVX2},
    "SkylakeX": {"OPENBLAS_CORETYPE": "SkylakeX"},
    "Zen": {"OPENBLAS_CORETYPE": "Zen", "NPY_DISABLE_CPU_FEATURES": AVX2},
    "Nehalem": {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": SSE},
    "Prescott": {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": SSE},
    "SkylakeX without AVX-512 in numpy": {
        "OPENBLAS_CORETYPE": "SkylakeX", "NPY_DISABLE_CPU_FEATURES": AVX2,
    },
    "Haswell with SSE in numpy": {
        "OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": SSE,
    },
    "a mathematical library without FMA": {
        "OPENBLAS_CORETYPE": "Prescott",
        "NPY_DISABLE_CPU_FEATURES": SSE,
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-FMA4,-AVX512F",
    },
}  # fmt: skip


def run(kind: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python as on a kind of processor; numpy may warn that it lacks a feature anyway."""
    environment = {**os.environ, **PROCESSORS[kind], "PYTHONPATH": f"{ROOT}:{ROOT / 'udfs'}"}
    return subprocess.run(
        [sys.executable, "-W", "ignore", *arguments], env=environment, cwd=ROOT, text=True,
        capture_output=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("kind", PROCESSORS)
def test_every_risk_figure_is_the_same_to_the_last_bit(kind: str) -> None:
    done = run(kind, "tests/fingerprint.py")
    assert done.returncode == 0, done.stderr
    stored = json.loads(fingerprint.STORED.read_text(encoding="utf-8"))
    assert json.loads(done.stdout) == stored


# A workbook that goes from one machine to another -------------------------------------------------

CORRELATED = """
[ai_penetration]
override = 0.4

[ai_revenue_capture]
with_ai_penetration = 0.5

[crypto_compute_share]
with_hyperscaler_share = -0.3

[identity_rate]
shape = "lognormal"
low = 0.02
high = 0.06

[simulation]
common_factor = 0.2
"""


@pytest.fixture(scope="module")
def correlated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A workbook with correlations, built as on two kinds of processor."""
    folder = tmp_path_factory.mktemp("correlated")
    inputs = folder / "inputs.toml"
    inputs.write_text(CORRELATED, encoding="utf-8")
    built = {}
    for kind in ("Haswell", "Prescott"):
        out = folder / kind
        arguments = ("build", "--out", str(out), "--for", "office", "--from", str(inputs))
        done = run(kind, "-m", "xl_cryptoai", *arguments)
        assert done.returncode == 0, done.stderr
        built[kind] = out / "crypto_ai_revenue_office.xlsx"
    return built


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["SkylakeX", "Zen", "Nehalem", "Prescott"])
def test_a_workbook_built_on_one_processor_audits_clean_on_another(correlated, kind: str) -> None:
    done = run(kind, "-m", "xl_cryptoai", "audit", str(correlated["Haswell"]))
    assert done.returncode == 0, done.stdout + done.stderr


def test_and_the_other_way_round(correlated) -> None:
    done = run("Haswell", "-m", "xl_cryptoai", "audit", str(correlated["Prescott"]))
    assert done.returncode == 0, done.stdout + done.stderr


def test_two_processors_build_the_same_figures(correlated) -> None:
    one, other = (
        openpyxl.load_workbook(correlated[kind], data_only=True)["Risk tables"]
        for kind in ("Haswell", "Prescott")
    )
    for row, mirrored in zip(one.iter_rows(), other.iter_rows(), strict=True):
        assert [cell.value for cell in mirrored] == [cell.value for cell in row]
