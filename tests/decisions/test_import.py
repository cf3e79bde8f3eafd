"""Importing decisions is light: a service pays for what it uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import leadline.decisions

HEAVY = ("numpy", "scipy", "duckdb", "sqlglot", "psycopg", "pandas", "onnxruntime")


def test_a_decision_by_rule_imports_no_arithmetic_and_no_database() -> None:
    code = (
        "import sys, leadline\n"
        "leadline.Decision('home', rule=len).decide('u', {})\n"
        f"print(*(name for name in {HEAVY} if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_every_public_name_is_there_and_hidden_by_no_module() -> None:
    for name in leadline.decisions.__all__:
        assert name in dir(leadline.decisions)
        assert getattr(leadline.decisions, name) is not None
    folder = Path(leadline.decisions.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")}
    assert modules.isdisjoint(leadline.decisions.__all__)
