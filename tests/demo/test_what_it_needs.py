"""The demo needs nothing but what `pip install leadline` brings."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import packages_distributions, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.processes import environment

WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(sys.argv.pop(1).split()))  # importing one of these fails
from leadline.cli.main import main
main(sys.argv[1:])
"""


def installed_with(name: str) -> set[str]:
    """Return a distribution and all that comes with it on this machine."""
    found: set[str] = set()
    open_ones = [Requirement(name)]
    while open_ones:
        one = open_ones.pop()
        if canonicalize_name(one.name) in found and not one.extras:
            continue
        found.add(canonicalize_name(one.name))
        asked = (Requirement(line) for line in requires(one.name) or ())
        chosen = [{"extra": extra} for extra in one.extras or {""}]
        open_ones += [r for r in asked if not r.marker or any(map(r.marker.evaluate, chosen))]
    return found


@pytest.mark.slow
def test_the_demo_runs_on_the_core_alone(tmp_path: Path) -> None:
    core = installed_with("leadline")
    extras = [
        module
        for module, owners in packages_distributions().items()
        if module.isidentifier() and core.isdisjoint(map(canonicalize_name, owners))
    ]
    assert {"allauth", "mcp", "pandas", "starlette"} <= set(extras)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, " ".join(extras), "demo", "--json"],
        capture_output=True, text=True, check=False,
        cwd=tmp_path, env=environment(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
