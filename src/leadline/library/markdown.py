"""Readout, audit and ledger in Markdown, for a pull request or a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.library.audit_wording import (
    audit_notes,
    claims_table,
    headline,
    sentence,
    totals_table,
)
from leadline.library.ledger_wording import group_rows, ledger_headline, ledger_rows
from leadline.library.wording import check_rows, rows_of_results, scan_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leadline.library.audit_results import Audit
    from leadline.library.ledger import LedgerPage
    from leadline.library.results import Readout

SHOWN = 30


def readout_markdown(readout: Readout) -> str:
    """Return one experiment's readout."""
    verdict = readout.verdict
    lines = [f"# {_text(readout.name)}: {verdict.word} {_text(verdict.arm)}".rstrip(), ""]
    if readout.hypothesis:
        lines += [f"*{_text(readout.hypothesis)}*", ""]
    lines += [_text(verdict.reason), ""]
    lines += [f"**What would decide:** {_text(verdict.decides)}", ""]
    lines += _table(*rows_of_results(readout))
    lines += ["", "## What was checked", "", *_table(*check_rows(readout))]
    if readout.sample_ratio_scan:
        lines += ["", "## Where units are missing", "", *_table(*scan_rows(readout))]
    lines += ["", f"**Which stage next?** {_text(readout.next_stage)}"]
    lines += ["", *(f"- {_text(str(line))}" for line in (*readout.problems, *readout.notes))]
    lines += ["", f"Source: {_text(readout.place)}, {readout.as_of}: `{readout.command}`"]
    return "\n".join(lines)


def audit_markdown(audit: Audit) -> str:
    """Return an audit."""
    lines = [
        f"# {headline(audit).removesuffix('.')}", "",
        *(_text(sentence(total)) for total in audit.totals), "",
    ]  # fmt: skip
    for title, totals in (("By quarter", audit.by_quarter), ("By project", audit.by_project)):
        if len(totals) > 1:
            lines += [f"## {title}", "", *_table(*totals_table(totals)), ""]
    for title, claims in (("Do not stand", audit.falling), ("Stand", audit.standing)):
        if claims:
            lines += [f"## {title}", "", *_table(*claims_table(claims, most=SHOWN)), ""]
    lines += [*(f"- {_text(note)}" for note in audit_notes(audit)), ""]
    lines += [f"Source: {_text(audit.place)}, {audit.as_of}."]
    return "\n".join(lines)


def ledger_markdown(page: LedgerPage) -> str:
    """Return a ledger."""
    lines = ["# What the changes brought", ""]
    lines += [f"- {_text(line)}" for line in ledger_headline(page)]
    lines += ["", *_table(*ledger_rows(page)), ""]
    for title, totals in (
        ("By quarter", page.ledger.by_quarter),
        ("By project", page.ledger.by_project),
    ):
        if len(totals) > 1:
            lines += [f"## {title}", "", *_table(*group_rows(page, totals)), ""]
    lines += [*(f"- {_text(note)}" for note in page.notes), ""]
    lines += [f"Source: {_text(page.place)}, {page.as_of}."]
    return "\n".join(lines)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(_text(cell) for cell in cells)} |"

    return [line(header), line("---" for _ in header), *(line(row) for row in rows)]


def _text(text: str) -> str:
    """Return text that Markdown shows as it is."""
    for sign in "\\`*_|<>[]":
        if sign in text:
            text = text.replace(sign, f"\\{sign}")
    return " ".join(text.splitlines())
