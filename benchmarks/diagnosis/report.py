"""The result, as Markdown; several pairs of files are taken together.

python -m benchmarks.diagnosis.report TRUTHS ANSWERS [TRUTHS ANSWERS …] [--misses] [--compound]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from benchmarks.diagnosis.run import read
from benchmarks.diagnosis.scoring import Marked, mark, worth

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


SIZES = (("under 500", 0, 500), ("500–2,000", 500, 2_001), ("above", 2_001, 10**9))


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


def by_size(marked: Sequence[Marked]) -> str:
    """How often the verdict is right with few and with many training rows."""
    lines = ["| training rows | cases | tables | top-1 |", "| --- | ---: | ---: | ---: |"]
    known = [(m.n_train, m) for m in marked if m.n_train is not None]
    for name, low, high in SIZES:
        rows = [m for n, m in known if low <= n < high]
        n_tables, right = len({m.table for m in rows}), share(rows, lambda x: x.top1)
        if rows:
            lines.append(f"| {name} | {len(rows)} | {n_tables} | {right:.2f} |")
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


PLANTED = {
    "overfit": "overfitting", "concept": "concept_drift", "small": "not_enough_data",
    "label shift": "label_shift", "noise": "label_noise", "unit": "data_quality",
}  # fmt: skip


def compound(truths: Path, answers: Path) -> str:
    """Of two faults at once: is each named? Those that cost less than ε are not asked for."""
    known = read(truths)
    lines = ["| case | planted (gain in ε) | named, in order |", "| --- | --- | --- |"]
    hits, asked = 0, 0
    for name, answer in read(answers).items():
        gains = worth(known[name])
        planted = [PLANTED[fault] for fault in answer["fault"].split("+")]
        said = [f["cause"] for f in answer["findings"]]
        costly = [cause for cause in planted if gains.get(cause, 0.0) > 1]
        asked += len(costly)
        hits += sum(cause in said for cause in costly)
        told = ", ".join(f"{cause} ({gains.get(cause, 0.0):.1f})" for cause in planted)
        lines.append(f"| {name} | {told} | {', '.join(said) or answer['verdict']} |")
    return "\n".join([*lines, f"\n{hits} of {asked} planted causes that cost ε are named."])


def marks(truths: Path, answers: Path) -> list[Marked]:
    known = read(truths)
    return [mark(known[k], known[k], a) for k, a in read(answers).items() if k in known]


def main(arguments: list[str]) -> None:
    files = [Path(a) for a in arguments if not a.startswith("--")]
    pairs_of_files = zip(files[::2], files[1::2], strict=True)
    marked = [m for truths, answers in pairs_of_files for m in marks(truths, answers)]
    print(*(t(marked) for t in (table, by_fault, by_size, by_cause)), sep="\n\n")
    if "--compound" in arguments:
        print(*(compound(*both) for both in zip(files[::2], files[1::2], strict=True)))
    if "--misses" in arguments:
        for m in marked:
            if not m.top1:
                grey = " (grey)" if m.grey else ""
                print(f"- `{m.case}`: said {m.verdict}, right {' or '.join(m.accepted)}{grey}")


if __name__ == "__main__":
    main(sys.argv[1:])
