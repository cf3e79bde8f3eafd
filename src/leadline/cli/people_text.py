"""The roster, one person and the calendar's hours in a terminal."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from leadline.practice.probation import AskHR, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from leadline.records.queries.calendar import CalendarReport
    from leadline.records.queries.people import PersonReport


def print_roster(rows: Sequence[PersonReport], out: Console, *, today: date, file: str) -> None:
    """Write one row a person: one-on-ones, and the next date of the probation."""
    if not rows:
        where = (
            f"{file} has nobody but you that could be read; `leadline sync` says why."
            if file
            else "Nobody yet. Name a people file in leadline.toml: [people] file = …"
        )
        out.print(where, markup=False)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Name", "Role", "Here", "Last one-on-one", "Next", "Probation"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(
            Text(row.person.name),
            Text(" ".join(filter(None, (row.person.level, row.person.role)))),
            _here(row, today=today),
            *_talks(row),
            _probation(row, today=today),
        )
    out.print(table)
    out.print(Text("One person: leadline people EMAIL", style="dim"))


def print_person(row: PersonReport, out: Console) -> None:
    """Write one person's dates, how each came about, and the roster's history."""
    person = row.person
    out.print()
    out.print(Text.assemble((person.name, "bold"), f" · {', '.join(person.emails)}"))
    out.print(Text(" · ".join(filter(None, (person.level, person.role, person.country)))))
    out.print(Text(f"first day {person.start_on or 'not known'}"))
    if person.ends_on:
        out.print(Text(f"last day {person.ends_on}"))
    _print_talks(row, out)
    if row.embargo:
        _heading("Feedback", out)
        out.print(Text(f"first round from {row.embargo.opens_on}: {row.embargo.reason}"))
    if row.probation:
        _heading("Probation", out)
        for line in describe(row.probation):
            out.print(Text(line))
    if row.history:
        _heading("Roster history", out)
        for line in row.history:
            out.print(Text(line))


def print_calendar(report: CalendarReport, out: Console) -> None:
    """Write hours by kind, series to reconsider, and the span."""
    if not report.knows_calendar:
        out.print(
            "No calendar was read. Name yours in leadline.toml: [[calendar]] file = …",
            markup=False,
        )
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Kind")
    for column in ("Hours a week", "Share", "Intended"):
        table.add_column(column, justify="right")
    for row in report.hours:
        intended = "" if row.intended is None else f"{row.intended:.0%}"
        share = f"{row.share:.0%}" if isfinite(row.share) else "–"
        table.add_row(row.kind, f"{row.hours_per_week:.1f}", share, intended)
    if report.hours:
        out.print(table)
    else:
        out.print("No meeting that takes hours stands in the last weeks.", markup=False)
    if report.advice:
        _heading("Series to reconsider", out)
    for one in report.advice:
        reasons = "; ".join(one.reasons)
        out.print(
            Text.assemble(
                (f"{one.action.value:8}", "bold"),
                f"{one.latest.title} ({one.hours_per_week:.1f} h a week): {reasons}",
            )
        )
    _heading("Span", out)
    out.print(
        Text(
            f"{report.span.n_reports} reports; their one-on-ones take "
            f"{report.span.one_on_one_hours_per_week:.1f} hours a week "
            f"({report.span.share_of_week:.0%} of yours)"
        )
    )


def _heading(text: str, out: Console) -> None:
    out.print()
    out.print(Text(text, style="bold"))


def _here(row: PersonReport, *, today: date) -> Text:
    person = row.person
    if person.has_left(on=today):
        return Text(f"left {person.ends_on}", style="dim")
    if person.ends_on:
        return Text(f"until {person.ends_on}", style="yellow")
    return Text(f"since {person.start_on}" if person.start_on else "")


def _talks(row: PersonReport) -> tuple[Text, Text]:
    talk = row.one_on_one
    if talk is None:
        return Text("–", style="dim"), Text("–", style="dim")
    late = "bold red" if talk.days_overdue else ""
    held = f"{talk.last_held.starts_at:%Y-%m-%d}" if talk.last_held else "none yet"
    following = f"{talk.next_planned.starts_at:%Y-%m-%d}" if talk.next_planned else "none"
    return Text(held, style=late), Text(following)


def _probation(row: PersonReport, *, today: date) -> Text:
    dates = row.probation
    if dates is None:
        return Text("–", style="dim")
    if isinstance(dates, AskHR):
        possible = [one.ends_on for one in dates.candidates] or [dates.ends_on or date.max]
        over = max(possible) < today
        return Text("over" if over else "ask HR", style="dim" if over else "yellow")
    if dates.ends_on < today:
        return Text("over", style="dim")
    if dates.evaluate_on >= today:
        return Text(f"evaluate {dates.evaluate_on}")
    return Text(f"decide by {dates.last_safe_on}", style="bold")


def _print_talks(row: PersonReport, out: Console) -> None:
    talk = row.one_on_one
    if talk is None:
        return
    _heading("One-on-ones", out)
    held = f"{talk.last_held.starts_at:%A %Y-%m-%d %H:%M}" if talk.last_held else "none yet"
    following = (
        f"{talk.next_planned.starts_at:%A %Y-%m-%d %H:%M}" if talk.next_planned else "none"
    )
    out.print(Text(f"last held {held} · next {following} · due {talk.due_on}"))
    for word, meetings in (
        ("moved", talk.moved_by_lead),
        ("cancelled", talk.cancelled_by_lead),
    ):
        for meeting in meetings:
            planned = meeting.moved_from or meeting.starts_at
            out.print(Text(f"you {word} the one of {planned:%Y-%m-%d}"))
