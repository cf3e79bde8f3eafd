"""Run peers on cases whose truth is known, and mark what they say.

    python -m benchmarks.diagnosis.peers.run TRUTHS ANSWERS [--peer NAME] [--seconds 600]
    python -m benchmarks.diagnosis.peers.run TRUTHS ANSWERS --marks [OURS]

Environments come from `environments`; what is answered already is not asked again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.diagnosis.peers.environments import WHERE, mapping, peers, python_of
from benchmarks.diagnosis.report import marks
from benchmarks.diagnosis.run import read
from benchmarks.diagnosis.scoring import accepted


def causes(line: dict[str, Any], checks: dict[str, Any]) -> list[tuple[str, str]]:
    """Return (level, cause) of everything a peer said; an unlisted check has no cause."""
    found = []
    for said in line.get("said", []):
        known = checks.get(said["check"], {})
        cause = known.get("cause", "")
        if said["on"] == "production":
            cause = known.get("production", cause)
        level = "warning" if known.get("level") == "warning" else said["level"]
        found.append((level, cause))
    return found


def marked(
    line: dict[str, Any], truth: dict[str, Any], checks: dict[str, Any]
) -> tuple[bool, bool]:
    """Return (strict, generous).

    Strict: an accepted cause is among its findings of the highest severity (a peer does not
    rank them, so that wrong ones beside it cost nothing). Generous: any finding names one.
    Where all is well both ask that nothing is an error.
    """
    right = accepted(truth)
    said = causes(line, checks)
    errors = {cause for level, cause in said if level == "error"}
    if right == ("healthy",):
        return not errors, not errors
    return bool(errors & set(right)), bool({cause for _, cause in said} & set(right))


def answers(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the lines of a file by peer and case."""
    if not path.exists():
        return {}
    lines = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
    return {(line["peer"], line["name"]): line for line in lines}


def ask(peer: str, names: list[str], *, path: Path, seconds: int, where: Path) -> None:
    """Ask one peer about all cases in one process; each line is kept as soon as it is there."""
    root = Path(__file__).parents[3]
    one = "benchmarks.diagnosis.peers.one"
    command = [str(python_of(peer, where)), "-W", "ignore", "-m", one, peer, str(seconds)]
    environment = os.environ | {"PYTHONPATH": str(root)}
    with path.open("a", encoding="utf-8") as file:
        subprocess.run(
            command, input="\n".join(names), text=True, stdout=file, cwd=root, env=environment,
            stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip


def table(truths: dict[str, Any], known: dict[tuple[str, str], dict[str, Any]]) -> str:
    """Return one row per peer: strict, generous, on covered faults only, errors, seconds."""
    lines = [
        "| peer | cases | strict | generous | strict, covered | healthy alarmed | failed |"
        " median s |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for peer, about in peers().items():
        mine = {n: line for (p, n), line in known.items() if p == peer and n in truths}
        if not mine:
            continue
        ran = {n: line for n, line in mine.items() if "error" not in line}
        both = {n: marked(line, truths[n], about["checks"]) for n, line in ran.items()}
        covered = [n for n in ran if set(accepted(truths[n])) & set(about["covers"])]
        well = [n for n in ran if accepted(truths[n]) == ("healthy",)]
        lines.append(
            f"| {peer} | {len(ran)} | {_share([both[n][0] for n in ran])} |"
            f" {_share([both[n][1] for n in ran])} | {_share([both[n][0] for n in covered])} |"
            f" {_share([not both[n][0] for n in well])} | {len(mine) - len(ran)} |"
            f" {np.median([line['seconds'] for line in mine.values()]):.1f} |"
        )
    return "\n".join(lines)


def _share(values: list[bool]) -> str:
    return f"{sum(values)} of {len(values)}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("truths", type=Path)
    parser.add_argument("answers", type=Path)
    parser.add_argument("--peer", default="")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--where", type=Path, default=WHERE)
    parser.add_argument("--most", type=int, default=10**9, help="so many cases at most")
    parser.add_argument("--marks", action="store_true")
    parser.add_argument("--ours", type=Path, default=None)
    options = parser.parse_args()
    truths = read(options.truths)
    if not options.marks:
        for peer in [options.peer] if options.peer else peers():
            done = answers(options.answers)
            names = [n for n in list(truths)[: options.most] if (peer, n) not in done]
            ask(peer, names, path=options.answers, seconds=options.seconds, where=options.where)
        return
    print(mapping()["about"], table(truths, answers(options.answers)), sep="\n\n")
    if options.ours is not None:
        found = marks(options.truths, options.ours)
        print(f"Leadline: {sum(m.top1 for m in found)} of {len(found)} strict")


if __name__ == "__main__":
    main()
