"""Make a pinned environment for each peer (`python -m …peers.environments`)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

MAPPING = Path(__file__).parent / "mapping.json"
WHERE = Path(__file__).parents[3] / ".venv" / "diagnosis-peers"
CHECK = "import {name}; print({name}.__version__)"


def mapping() -> dict[str, Any]:
    """Return what is written in `mapping.json`."""
    found: dict[str, Any] = json.loads(MAPPING.read_text(encoding="utf-8"))
    return found


def peers() -> dict[str, Any]:
    """Return the peers of the mapping by name."""
    return {name: about for name, about in mapping().items() if isinstance(about, dict)}


def python_of(name: str, where: Path = WHERE) -> Path:
    """Return the interpreter of a peer's environment."""
    return where / name / "bin" / "python"


def make(name: str, where: Path = WHERE) -> str:
    """Install a peer and import it; an error is an install result, no wrong diagnosis."""
    python = python_of(name, where)
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(where / name)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", *peers()[name]["install"]]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"not installed: {done.stderr.strip().splitlines()[-1]}"
    command = [str(python), "-W", "ignore", "-c", CHECK.format(name=name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (done.stderr if done.returncode else done.stdout).strip().splitlines()
    return ("not imported: " if done.returncode else "version ") + lines[-1]


if __name__ == "__main__":
    for peer in peers():
        print(f"{peer}: {make(peer)}", flush=True)
