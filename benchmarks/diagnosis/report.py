"""The result: `python -m benchmarks.diagnosis.report TRUTHS ANSWERS [--misses]`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from benchmarks.diagnosis.run import read
from benchmarks.diagnosis.scoring import Marked, mark

RESULTS = Path(__file__).parents[1] / "results" / "diagnosis.md"

Measure = Callable[[Sequence[Marked]], float]


def share(marked: Sequence[Marked], test: Callable[[Marked], bool]) -> float:
    return float(np.mean([test(m) for m in marked])) if marked else float("nan")


def macro_f1(marked: Sequence[Marked]) -> float:
    """Average over causes of F1, an accepted verdict standing for the best cause."""
    said = [m.best if m.top1 else m.verdict for m in marked]
    found = []
    for cause in {m.best for m in marked}:
        hit = sum(s == cause == m.best for s, m in zip(said, marked, strict=True))
        found.append(2 * hit / (said.count(cause) + sum(m.best == cause for m in marked)))
    return float(np.mean(found)) if found else float("nan")


def healthy(marked: Sequence[Marked]) -> list[Marked]:
    return [m for m in marked if m.accepted == ("healthy",)]


def pairs(marked: Sequence[Marked], *, named: bool = True) -> np.ndarray:
    """Return estimate, lower, upper and true gain: of causes that were named, or of all."""
    values = [
        p[2:] for m in marked for p in m.pairs if np.isfinite(p[2:]).all() and p[1] >= named
    ]
    return np.array(values).reshape(-1, 4)


def coverage(marked: Sequence[Marked], *, named: bool = True) -> float:
    p = pairs(marked, named=named)
    return float(np.mean((p[:, 1] <= p[:, 3]) & (p[:, 3] <= p[:, 2]))) if len(p) else np.nan


MEASURES: dict[str, Measure] = {
    "top-1, strict": lambda m: share(m, lambda x: x.top1),
    "top-1, cases not within a factor of 2 of ε": lambda m: share(
        [x for x in m if not x.grey], lambda x: x.top1
    ),
    "top-2": lambda m: share(m, lambda x: x.top2),
    "macro F1": macro_f1,
    "false alarms on healthy and benign": lambda m: share(
        healthy(m), lambda x: x.verdict not in {"healthy", "undecidable"}
    ),
    "undecidable": lambda m: share(m, lambda x: x.verdict == "undecidable"),
    "median regret": lambda m: float(np.median([x.regret for x in m if x.best != "healthy"])),
    "mean regret": lambda m: float(np.mean([x.regret for x in m if x.best != "healthy"])),
    "coverage of 80 % intervals, causes named": coverage,
    "coverage of 80 % intervals, all tried": lambda m: coverage(m, named=False),
    "gains: median absolute error, in ε": lambda m: float(
        np.median(np.abs(pairs(m)[:, 0] - pairs(m)[:, 3]))
    ),
    "gains: Spearman": lambda m: float(spearmanr(pairs(m)[:, 0], pairs(m)[:, 3])[0]),
    "median seconds of the processor": lambda m: float(np.median([x.seconds for x in m])),
    "worst seconds of the processor": lambda m: float(np.max([x.seconds for x in m])),
}


def interval(marked: Sequence[Marked], measure: Measure, *, repeats: int = 300) -> str:
    """Return the 95 % interval by bootstrap over tables, not rows."""
    rng = np.random.default_rng(0)
    by_table: dict[str, list[Marked]] = {}
    for m in marked:
        by_table.setdefault(m.table, []).append(m)
    groups = list(by_table.values())
    drawn = []
    for _ in range(repeats):
        sample = [m for i in rng.integers(0, len(groups), len(groups)) for m in groups[i]]
        drawn.append(measure(sample))
    low, high = np.nanquantile(drawn, [0.025, 0.975])
    return f"{low:.3g} … {high:.3g}"


def table(marked: Sequence[Marked]) -> str:
    lines = ["| measure | value | 95 % interval over tables |", "| --- | ---: | ---: |"]
    with np.errstate(all="ignore"):
        lines += [
            f"| {name} | {measure(marked):.3g} | {interval(marked, measure)} |"
            for name, measure in MEASURES.items()
        ]
    n_healthy, n_grey = len(healthy(marked)), sum(m.grey for m in marked)
    lines.append(f"\n{len(marked)} cases, {n_healthy} of them healthy, {n_grey} grey.")
    return "\n".join(lines)


def by_fault(marked: Sequence[Marked]) -> str:
    lines = ["| fault | cases | top-1 | said when wrong |", "| --- | ---: | ---: | --- |"]
    for fault in dict.fromkeys(m.fault for m in marked):
        rows = [m for m in marked if m.fault == fault]
        wrong = Counter(f"{m.verdict} (not {m.best})" for m in rows if not m.top1)
        said = ", ".join(f"{n} × {text}" for text, n in wrong.most_common(4))
        lines.append(
            f"| {fault} | {len(rows)} | {share(rows, lambda x: x.top1):.2f} | {said} |"
        )
    return "\n".join(lines)


def by_cause(marked: Sequence[Marked]) -> str:
    """How well the gains of each cause are told."""
    lines = [
        "| cause | gains | coverage | median error, in ε |",
        "| --- | ---: | ---: | ---: |",
    ]
    for cause in sorted({p[0] for m in marked for p in m.pairs}):
        p = np.array([q[2:] for m in marked for q in m.pairs if q[0] == cause and q[1]])
        p = p.reshape(-1, 4)
        p = p[np.isfinite(p).all(axis=1)]
        if len(p):
            inside = np.mean((p[:, 1] <= p[:, 3]) & (p[:, 3] <= p[:, 2]))
            lines.append(f"| {cause} | {len(p)} | {inside:.2f} | "
                         f"{np.median(p[:, 0] - p[:, 3]):+.2f} |")  # fmt: skip
    return "\n".join(lines)


def marks(truths: Path, answers: Path) -> list[Marked]:
    known = read(truths)
    return [mark(known[k], known[k], a) for k, a in read(answers).items() if k in known]


HOW = """# How often `leadline.diagnose` is right

Cases of `benchmarks/diagnosis` on tables that no threshold was looked at on; truth by oracle
interventions on many clean rows. A verdict is right when its oracle gain is at least 80 % of
the best, "healthy" when no remedy gains ε (2 % of the model's loss, .5 % of a constant's).
Seconds are the processor's, both cores added up, because the machine was shared.

    python -m benchmarks.diagnosis.run held-out --truths T.jsonl --answers A.jsonl --one-in 30
    python -m benchmarks.diagnosis.report T.jsonl A.jsonl --write
"""


def main(arguments: list[str]) -> None:
    marked = marks(Path(arguments[0]), Path(arguments[1]))
    if "--write" in arguments:
        wrong = "\n".join(
            f"- `{m.case}`: said {m.verdict}, right {' or '.join(m.accepted)}"
            + (" (grey)" if m.grey else "")
            for m in marked
            if not m.top1
        )
        hashes = sorted({a["frozen"] for a in read(Path(arguments[1])).values()})
        parts = (
            HOW, f"Thresholds: {', '.join(hashes)} (SHA-256 of `thresholds.py`, first 16).",
            table(marked), "## By fault", by_fault(marked), "## Gains of causes named",
            by_cause(marked), "## What was missed", wrong,
        )  # fmt: skip
        RESULTS.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(table(marked), by_fault(marked), by_cause(marked), sep="\n\n")
    if "--misses" in arguments:
        for m in marked:
            if not m.top1:
                print(m.case, "said", m.verdict, "right", m.accepted, "grey" if m.grey else "")


if __name__ == "__main__":
    main(sys.argv[1:])
