"""A ledger in words: its headline and its rows, the same in terminal, Markdown and page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from leadline.analysis.experiments.shrinkage import MIN_EXPERIMENTS
from leadline.library.wording import counted, number_in_words, signed, that_say_something

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadline.analysis.experiments.ledger_lines import LedgerLine, Total
    from leadline.library.ledger import LedgerPage


def ledger_headline(page: LedgerPage) -> list[str]:
    """Return what the ledger says, in a few sentences."""
    book = page.ledger
    total = book.total
    lines = [
        f"{counted(total.n_changes, 'shipped change')} brought "
        f"{signed(total.value, digits=3)} {book.unit} since the baseline (95 % interval "
        f"{signed(total.lower, digits=3)} to {signed(total.upper, digits=3)}); adding up the "
        f"claims would say {signed(total.naive, digits=3)}."
    ]
    if book.money:
        money = book.money
        lines.append(
            f"In {book.rate_unit or 'money'}: {signed(money.value, digits=3)} (95 % interval "
            f"{signed(money.lower, digits=3)} to {signed(money.upper, digits=3)})."
        )
    if book.baseline:
        base = book.baseline
        lines.append(
            f"The baseline without ML, {base.change.key}, moved it by "
            f"{signed(base.shrunken, digits=3)} [{signed(base.lower, digits=3)}, "
            f"{signed(base.upper, digits=3)}]; it is where the count starts."
        )
    if book.holdout:
        lines.append(
            f"A holdout measured {len(book.holdout.covers):,} of the changes together; it "
            "stands in place of their sum."
        )
    if book.unproven.n_changes:
        lines.append(
            f"Not counted: {counted(book.unproven.n_changes, 'change')} known by a backtest "
            f"or an opinion alone, said to bring {signed(book.unproven.naive, digits=3)}"
            + (
                f", which is worth {signed(book.unproven.value, digits=3)} at the rate at "
                "which predictions came true."
                if not math.isnan(book.unproven.value)
                else "."
            )
        )
    if book.calibration:
        lines.append(f"Predictions: {book.calibration.state}.")
    if book.prior and book.prior.source == "default":
        lines.append(
            f"Below {MIN_EXPERIMENTS} experiments a documented default prior does the "
            "shrinking; from there on, the team's own history does."
        )
    return lines


def group_rows(
    page: LedgerPage, totals: Mapping[str, Total]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return totals by quarter or project as a table in words, with money where known."""
    book = page.ledger
    header: tuple[str, ...] = (
        "group", "changes", "claims add up to", "believed", "95 % interval",
    )  # fmt: skip
    rows: list[tuple[str, ...]] = []
    for name, total in totals.items():
        money = book.at_rate(total)
        row: tuple[str, ...] = (
            name,
            f"{total.n_changes:,}",
            signed(total.naive, digits=3),
            signed(total.value, digits=3),
            f"{signed(total.lower, digits=3)} to {signed(total.upper, digits=3)}",
        )
        rows.append((*row, signed(money.value, digits=3)) if money else row)
    return (*header, book.rate_unit or "money") if book.rate is not None else header, rows


def ledger_rows(page: LedgerPage) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return the ledger as a table in words: its header, and one row a change.

    A column that says nothing of any change is left out.
    """
    header = (
        "concluded", "change", "project", "proof", "predicted", "measured", "believed",
        "interval", "total so far",
    )  # fmt: skip
    return that_say_something(header, [_row(line) for line in page.ledger.lines])


def _row(line: LedgerLine) -> tuple[str, ...]:
    change = line.change
    predicted = math.nan if change.predicted is None else change.predicted * change.reach
    measured = math.nan if change.measured is None else change.measured * change.reach
    interval = "" if math.isnan(line.lower) else f"{signed(line.lower)} to {signed(line.upper)}"
    return (
        change.concluded_on.isoformat(),
        f"{change.key} (baseline)" if change.baseline else change.key,
        change.project,
        change.proof,
        "" if math.isnan(predicted) else signed(predicted),
        "" if math.isnan(measured) else signed(measured),
        "" if math.isnan(line.shrunken) else signed(line.shrunken),
        interval,
        _so_far(line),
    )


def _so_far(line: LedgerLine) -> str:
    if line.counted:
        return number_in_words(line.cumulative, digits=3)
    return "" if line.change.shipped or line.change.baseline else "not shipped"
