"""The impact ledger, as a page that a lead forwards."""

from __future__ import annotations

import math
from html import escape
from shlex import quote
from typing import TYPE_CHECKING, Any

from leadline.charts import experiments as charts
from leadline.library.ledger_wording import group_rows, ledger_headline, ledger_rows
from leadline.library.pages import frame
from leadline.library.wording import number_in_words, signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadline.analysis.experiments.ledger_lines import Total
    from leadline.library.ledger import LedgerPage


def ledger_page(page: LedgerPage) -> str:
    """Return the whole page, self-contained."""
    return frame.page(f"Ledger of {page.place}", ledger_fragment(page))


def ledger_fragment(page: LedgerPage) -> str:
    """Return the page's body."""
    book = page.ledger
    first, *rest = ledger_headline(page)
    header, rows = ledger_rows(page)
    total = book.money or book.total
    unit = (book.rate_unit or "money") if book.money else book.unit
    word = "ship" if total.lower > 0 else "stop" if total.upper < 0 else "cannot-tell"
    return "\n".join(
        part
        for part in (
            "<h1>What the changes brought</h1>",
            frame.paragraph(page.place, style="soft"),
            f'<div class="verdict {word}"><strong>{escape(signed(total.value, digits=3))} '
            f"{escape(unit)}</strong><p>{escape(first)}</p></div>",
            frame.bullets(rest),
            frame.section("How it adds up", _chart(page)),
            frame.section("Change by change", frame.table(header, rows)),
            frame.section("By quarter", _groups(page, book.by_quarter)),
            frame.section("By project", _groups(page, book.by_project)),
            frame.section("Do predictions come true?", _calibration(page)),
            frame.section("Read with care", frame.bullets(page.notes)),
            frame.footer(
                place=page.place,
                as_of=page.as_of.isoformat(),
                command=f"leadline ledger {quote(page.place)}",
            ),
        )
        if part
    )


def _groups(page: LedgerPage, totals: Mapping[str, Total]) -> str:
    return frame.table(*group_rows(page, totals)) if len(totals) > 1 else ""


def ledger_chart_of(page: LedgerPage) -> Any:
    """Return the believed sum over time beside the naive one."""
    return charts.cumulative(_rows(page), unit=page.ledger.unit)


def _rows(page: LedgerPage) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    naive = 0.0
    for line in page.ledger.lines:
        change = line.change
        if change.baseline or not change.shipped or math.isnan(line.shrunken):
            continue
        naive += line.naive
        day = change.concluded_on.isoformat()
        rows.append({"day": day, "kind": "claims added up", "value": naive})
        rows.append({"day": day, "kind": "believed", "value": line.cumulative})
    return rows


def _chart(page: LedgerPage) -> str:
    rows = _rows(page)
    if len(rows) < 4:
        return ""
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return frame.figure(
        ledger_chart_of(page),
        alt_text="The believed sum over time beside the naive one",
        caption=f"Total since the baseline in {page.ledger.unit}; n = {len(rows) // 2:,} "
        f"shipped changes known by experiments; source: {page.place}, {page.as_of}.",
        header=("day", "claims added up", "believed"),
        rows=[
            (a["day"], signed(a["value"], digits=3), signed(b["value"], digits=3))
            for a, b in pairs
        ],
    )


def _calibration(page: LedgerPage) -> str:
    found = page.ledger.calibration
    if found is None:
        return ""
    return frame.paragraph(f"{found.state[:1].upper()}{found.state[1:]}.") + frame.table(
        ("what", "value"),
        [
            ("launches with a prediction and a measurement", f"{found.n:,}"),
            (
                "true gain per predicted gain",
                f"{number_in_words(found.slope)} [{number_in_words(found.slope_lower)}, "
                f"{number_in_words(found.slope_upper)}]",
            ),
            ("predictions whose interval held", f"{100 * found.coverage:.0f} %"),
            ("predictions with the right sign", f"{100 * found.sign_agreement:.0f} %"),
        ],
    )
