"""Does the ledger claim what is true? Real experiments, split in two.

Each headline test of the Upworthy archive (outside the period whose assignment was
broken) gives one comparison of two arms. Its impressions are split at random: one half
is what a team would have measured, the other stands for the truth. A ledger ships what
is significantly better in the measured half, adds up the believed gains, and is compared
with what the same changes show in the other half.

Run with `python -m benchmarks.winners_curse`.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from leadline.analysis.experiments.shrinkage import fit_prior, shrink

if TYPE_CHECKING:
    from numpy.typing import NDArray

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "upworthy" / "tests.csv"
RESULTS = Path(__file__).parent / "results" / "winners_curse.md"
BROKEN = ("2013-06-25", "2014-01-10")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tests:
    """Impressions and clicks of two arms, each of shape (n_tests, 2)."""

    impressions: NDArray[np.int64]
    clicks: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Result:
    """What many ledgers claimed, over what the other halves showed."""

    naive_over_true: float
    claimed_over_true: float
    naive_coverage: float
    coverage: float


def read_tests(path: Path) -> Tests:
    """Read arms 0 and 1 of each sound test with more than twenty clicks in either."""
    arms: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    with path.open(newline="") as lines:
        for row in csv.DictReader(lines):
            if not BROKEN[0] <= row["started_at"][:10] <= BROKEN[1]:
                arms[row["experiment"]][row["arm"]] = (
                    int(row["impressions"]),
                    int(row["clicks"]),
                )
    pairs = [(a["0"], a["1"]) for a in arms.values() if {"0", "1"} <= a.keys()]
    table = np.array([pair for pair in pairs if min(pair[0][1], pair[1][1]) > 20])
    return Tests(impressions=table[:, :, 0], clicks=table[:, :, 1])


def halves(tests: Tests, *, rng: np.random.Generator) -> NDArray[np.float64]:
    """Split every arm's impressions in two.

    Returns
    -------
    array of shape (2, 2, n_tests)
        For each half: effects, and their standard errors.
    """
    first = rng.binomial(tests.impressions, 0.5)
    clicked = rng.hypergeometric(tests.clicks, tests.impressions - tests.clicks, first)
    parts = ((first, clicked), (tests.impressions - first, tests.clicks - clicked))
    effects = []
    for n, successes in parts:
        share = successes / n
        variance = share * (1 - share) / n
        effects.append((share[:, 1] - share[:, 0], np.sqrt(variance.sum(axis=1))))
    return np.array(effects)


def _one_ledger(
    measured: NDArray[np.float64], true: NDArray[np.float64]
) -> tuple[float, float, float, bool, bool, bool]:
    """Return the three sums, whether each interval covers, and whether anything shipped."""
    (x, s), (truth, truth_se) = measured, true
    believed = shrink(x, s, prior=fit_prior(x, s))
    shipped = x > 1.96 * s
    noise = (truth_se[shipped] ** 2).sum()
    shown, naive, claim = (a[shipped].sum() for a in (truth, x, believed.mean))
    naive_half = 1.96 * np.sqrt((s[shipped] ** 2).sum() + noise)
    half = 1.96 * np.sqrt((believed.sd[shipped] ** 2).sum() + noise)
    return (
        shown,
        naive,
        claim,
        abs(naive - shown) <= naive_half,
        abs(claim - shown) <= half,
        shipped.any(),
    )


def ledgers(
    tests: Tests, *, n_experiments: int, n_ledgers: int, rng: np.random.Generator
) -> Result:
    """Keep many ledgers of `n_experiments` random tests each, and check them."""
    rows = []
    while len(rows) < n_ledgers:
        measured, true = halves(tests, rng=rng)
        order = rng.permutation(len(tests.clicks))
        n_disjoint = min(len(order) // n_experiments, n_ledgers - len(rows))
        rows += [
            _one_ledger(measured[:, chosen], true[:, chosen])
            for chosen in order[: n_disjoint * n_experiments].reshape(n_disjoint, -1)
        ]
    true, naive, claim, naive_covered, covered, any_shipped = np.array(rows).T
    counted = any_shipped.astype(bool)
    return Result(
        naive_over_true=float(naive.sum() / true.sum()),
        claimed_over_true=float(claim.sum() / true.sum()),
        naive_coverage=float(naive_covered[counted].mean()),
        coverage=float(covered[counted].mean()),
    )


def main() -> None:
    """Print and store the table."""
    tests = read_tests(DATA)
    lines = [
        "# Winner's curse: ledgers of random halves of real experiments",
        "",
        f"{len(tests.clicks)} Upworthy tests, 2,000 ledgers a row, 95 % intervals. Written by "
        "`python -m benchmarks.winners_curse`.",
        "",
        "| experiments | naive / true | its coverage | believed / true | its coverage |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for k in (5, 10, 15, 20, 40, 70, 100):
        got = ledgers(tests, n_experiments=k, n_ledgers=2000, rng=np.random.default_rng(k))
        lines.append(
            f"| {k} | {got.naive_over_true:.2f} | {got.naive_coverage:.3f} | "
            f"{got.claimed_over_true:.2f} | {got.coverage:.3f} |"
        )
        print(lines[-1])
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
