"""How fast the marketplace simulates, in how much memory, and what its ledgers are worth.

The first part writes days of events to Parquet and watches the memory; the second sums up
two dozen ideas in ten marketplaces and holds naive and believed totals against the truth;
the third watches a model in ten marketplaces, in quiet days and with planted faults.
Run: python -m benchmarks.classifieds [MILLIONS OF ROWS]
"""

from __future__ import annotations

import platform
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

from examples.classifieds.events import write_days
from examples.classifieds.ideas import try_ideas
from examples.classifieds.loop import Loop
from examples.classifieds.market import Market
from examples.classifieds.watched import Watched
from examples.classifieds.world import make_world
from leadline.analysis.experiments.ledger import ledger
from leadline.analysis.experiments.ledger_lines import Change

RESULTS = Path(__file__).parent / "results" / "classifieds.md"
N_USERS = 200_000
SEEDS = range(1, 11)


def memory_mb() -> float:
    """Return the most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_rows(n_rows: int) -> list[tuple[str, str]]:
    """Write at least so many rows, a day at a time; return lines of the table."""
    world = make_world(
        seed=1, n_users=N_USERS, listings_a_day=4_000, n_days=max(n_rows // 700_000, 10)
    )
    market = Market(world=world)
    start = memory_mb()
    with tempfile.TemporaryDirectory() as folder:
        began, written, after_three = time.perf_counter(), 0, 0.0
        while written < n_rows:
            written += write_days(market, Path(folder), days=1)
            if market.day == 3:
                after_three = memory_mb()
        seconds = time.perf_counter() - began
        size = sum(file.stat().st_size for file in Path(folder).rglob("*.parquet"))
    return [
        ("rows written to Parquet, days", f"{written:,}, {market.day}"),
        ("rows a minute", f"{written / seconds * 60 / 1e6:.1f} million"),
        ("bytes a row on disk", f"{size / written:.1f}"),
        ("memory: before, after 3 days, at the end",
         f"{start:.0f}, {after_three:.0f}, {memory_mb():.0f} MB"),
    ]  # fmt: skip


def simulate_only(n_days: int = 3) -> tuple[str, str]:
    """Time days without writing them."""
    market = Market(world=make_world(seed=1, n_users=N_USERS, listings_a_day=4_000, n_days=10))
    began = time.perf_counter()
    n_events = sum(day.n_events for day in market.days(n_days))
    seconds = time.perf_counter() - began
    return "events a minute, not written", f"{n_events / seconds * 60 / 1e6:.1f} million"


def totals(seed: int) -> tuple[float, float, float, float, float]:
    """Return the naive, believed, lower, upper and true total of one marketplace."""
    market = Market(world=make_world(seed=seed, n_users=6_000, listings_a_day=180, n_days=30))
    for _ in market.days(7):
        pass
    tried = list(try_ideas(market, days=14, seed=seed))
    summed = ledger(
        [
            Change(
                key=one.name, concluded_on=date(2026, 1, 1), shipped=one.shipped,
                proof="experiment", measured=one.effect, measured_se=one.se,
            )
            for one in tried
        ],
        unit="contacts",
    ).total  # fmt: skip
    true = sum(one.true_effect for one in tried if one.shipped)
    return summed.naive, summed.value, summed.lower, summed.upper, true


def ledgers() -> list[tuple[str, str, str]]:
    """Return what naive and believed totals are worth over all seeds."""
    found = np.array([totals(seed) for seed in SEEDS])
    naive, believed, lower, upper, true = found.T
    inside = int(((lower <= true) & (true <= upper)).sum())
    return [
        ("mean of the totals (truth: "
         f"{true.mean():+.3f})", f"{naive.mean():+.3f}", f"{believed.mean():+.3f}"),
        ("root of the mean squared error", f"{np.sqrt(((naive - true) ** 2).mean()):.3f}",
         f"{np.sqrt(((believed - true) ** 2).mean()):.3f}"),
        ("marketplaces in which it is above the truth", f"{int((naive > true).sum())} of "
         f"{len(SEEDS)}", f"{int((believed > true).sum())} of {len(SEEDS)}"),
        ("truth within the 95 % interval", "–", f"{inside} of {len(SEEDS)}"),
    ]  # fmt: skip


def watching() -> list[tuple[str, str, str, str]]:
    """Return how often each planted fault was caught, when, and what it really cost."""
    found: list[Watched] = []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            loop = Loop(seed=seed, n_users=6_000, folder=Path(folder), pages_a_day=5)
            loop.train(loop.log())
            loop.experiment()
            found.append(loop.watch())
    lines = [
        ("nothing", f"{sum(w.n_false for w in found)} of {sum(w.n_quiet for w in found)} looks",
         "–", "–")
    ]  # fmt: skip
    for seen in zip(*(watched.seen for watched in found), strict=True):
        after = [str(one.caught_after) for one in seen if one.caught_after]
        lost = np.mean([one.true_loss for one in seen])
        lines.append(
            (seen[0].fault.name, f"{len(after)} of {len(seen)} marketplaces",
             ", ".join(sorted(set(after))) or "–", f"{lost:.1%}")
        )  # fmt: skip
    return lines


def main(millions: float) -> None:
    """Measure, print and write the table."""
    lines = [simulate_only(), *write_rows(int(millions * 1e6))]
    text = (
        "# The marketplace\n\n"
        f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, 2 threads, "
        f"{N_USERS:,} users. `python -m benchmarks.classifieds {millions:g}`\n\n"
        "| what | measured |\n| --- | --- |\n"
        + "".join(f"| {what} | {value} |\n" for what, value in lines)
        + f"\nTwo dozen ideas in each of {len(SEEDS)} marketplaces of 6,000 users, shipped if "
        "they gained more than 1.64 standard errors; contacts per user in 14 days:\n\n"
        "| total of what was shipped | naive sum | believed |\n| --- | --- | --- |\n"
        + "".join(f"| {' | '.join(row)} |\n" for row in ledgers())
        + f"\nA model in front of everybody, watched in {len(SEEDS)} marketplaces of 6,000 "
        "users: 14 quiet days each, then 4 days with one fault. Two of three days must show "
        "it, so the second is the earliest:\n\n"
        "| planted | alert | after days | contacts of the home page really lost |\n"
        "| --- | --- | --- | --- |\n"
        + "".join(f"| {' | '.join(row)} |\n" for row in watching())
    )
    print(text)
    RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
