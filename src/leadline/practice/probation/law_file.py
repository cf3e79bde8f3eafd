"""Reads `law.toml`: every key is known, every value is of the form the schema names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from leadline.errors import InputError
from leadline.practice.probation.law import (
    AbsenceRule,
    Law,
    Notice,
    Period,
    Rule,
    Wait,
    When,
)
from leadline.practice.probation.spans import Span, Unit

LAW_FILE = "law.toml"
UNITS: dict[str, Unit] = {
    "day": "days",
    "working day": "working-days",
    "week": "weeks",
    "month": "months",
}
T = TypeVar("T")


def load_law(extra: Path | None = None) -> Law:
    """Return the packaged rows, those of countries in `extra` replaced.

    Parameters
    ----------
    extra : Path, optional
        A file of the same form; every country in it replaces the packaged rows of that
        country, so that a company can correct a row without waiting for a release.

    Raises
    ------
    InputError
        The file cannot be read, or a row says something that is not allowed.
    """
    law = _packaged()
    if extra is None:
        return law
    try:
        text = extra.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the probation law file {extra} cannot be read: {error}") from error
    own = parse_law(text, name=str(extra))
    countries = {rule.country for rule in own.rules}
    kept = tuple(rule for rule in law.rules if rule.country not in countries)
    return replace(law, rules=kept + own.rules)


@cache
def _packaged() -> Law:
    text = files(__package__).joinpath(LAW_FILE).read_text(encoding="utf-8")
    return parse_law(text, name=LAW_FILE)


def parse_law(text: str, *, name: str) -> Law:
    """Read rows from TOML text; `name` is used in errors only."""
    try:
        rows = tomllib.loads(text).get("rule", [])
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name} is not valid TOML: {error}") from error
    rules = tuple(_Row(row, place=f"{name}, row {i + 1}").rule() for i, row in enumerate(rows))
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise InputError(f"{name}: the id {rule.id!r} stands twice; ids are unique")
        seen.add(rule.id)
    return Law(rules=rules)


@dataclass(slots=True)
class _Row:
    """Takes keys out of one TOML table, so that what is left over is a mistake."""

    values: dict[str, Any]
    place: str
    taken: set[str] = field(default_factory=set)

    def fail(self, key: str, allowed: str) -> InputError:
        given = self.values.get(key)
        return InputError(
            f"{self.place}: {key} is {given!r}; allowed is {allowed}",
            hint="law.schema.json describes every key.",
        )

    def take(self, key: str, kind: type[T], default: T | None = None) -> T:
        self.taken.add(key)
        value = self.values.get(key, default)
        if type(value) is not kind:
            raise self.fail(key, f"a {kind.__name__}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        return self.take(key, bool, default)

    def choice(self, key: str, allowed: str, default: str | None = None) -> Any:
        value = self.take(key, str, default)
        if value not in allowed.split():
            raise self.fail(key, " or ".join(allowed.split()))
        return value

    def span(self, key: str) -> Span | None:
        text = self.take(key, str, "")
        if not text:
            return None
        match = re.fullmatch(r"(\d+) (day|working day|week|month)s?", text)
        if match is None:
            raise self.fail(key, 'a length such as "6 months", "10 working days", "0 days"')
        return Span(int(match[1]), UNITS[match[2]])

    def needed_span(self, key: str) -> Span:
        span = self.span(key)
        if span is None:
            raise self.fail(key, 'a length such as "6 months"')
        return span

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(self.take(key, list, []))

    def tables(self, key: str, read: Callable[[_Row], T]) -> tuple[T, ...]:
        tables = self.take(key, list, [])
        return tuple(self._table(f"{key} {i + 1}", t, read) for i, t in enumerate(tables))

    def _table(self, key: str, values: Mapping[str, Any], read: Callable[[_Row], T]) -> T:
        row = _Row(dict(values), place=f"{self.place}, {key}")
        result = read(row)
        row.finish()
        return result

    def finish(self) -> None:
        unknown = sorted(set(self.values) - self.taken)
        if unknown:
            raise InputError(
                f"{self.place}: unknown key {unknown[0]!r}; "
                f"allowed are {', '.join(sorted(self.taken))}"
            )

    def when(self) -> When:
        return When(
            kind=self.choice("kind", "permanent fixed-term any", "any").replace("any", ""),
            roles=frozenset(self.texts("roles")),
            size_from=self.take("size_from", int, 0),
            size_to=self.take("size_to", int, 0),
            term_up_to=self.span("term_up_to"),
            term_under=self.span("term_under"),
            next_contract=self.take("next_contract", str, ""),
            needs_agreement=self.flag("needs_agreement", default=False),
        )

    def period(self) -> Period:
        share = self.take("share_of_term", str, "")
        period = Period(
            when=self.when(),
            length=self.span("length"),
            share=Fraction(share) if share else None,
            one_day_per=self.take("one_day_per", int, 0),
            at_least=self.take("at_least", int, 0),
            none=self.flag("none", default=False),
            ask=self.take("ask", str, ""),
        )
        if not (period.length or period.none or period.ask):
            raise self.fail("length", "a length, or `none = true`, or a question in `ask`")
        return period

    def notice(self) -> Notice:
        return Notice(length=self.needed_span("length"), after=self.span("after"))

    def wait(self) -> Wait:
        return Wait(
            length=self.needed_span("length"),
            when=self.when(),
            shorter=self.span("shorter"),
            shorter_from=self.take("shorter_from", date, date.max),
        )

    def absence(self) -> AbsenceRule:
        return AbsenceRule(
            counts=self.choice("counts", "calendar-days working-days month-per-30-days"),
            kinds=frozenset(self.texts("kinds")),
            condition=self.take("condition", str, ""),
            within_share=self.flag("within_share", default=False),
        )

    def rule(self) -> Rule:
        self.place = f"{self.place} ({self.take('id', str)})"
        absence = self.take("absence", dict, {})
        rule = Rule(
            id=self.take("id", str),
            country=self.take("country", str),
            name=self.take("name", str),
            basis=self.choice("basis", "statute wait custom none"),
            tag=self.choice("tag", "V V2 M"),
            enabled=self.take("enabled", bool),
            statute=self.take("statute", str),
            source=self.take("source", str),
            checked_on=self.take("checked_on", date) if self.values.get("enabled") else None,
            version_by=self.choice("version_by", "contract start", "contract"),
            valid_from=self.take("valid_from", date, date.min),
            valid_until=self.take("valid_until", date, date.max),
            periods=self.tables("periods", _Row.period),
            notice=self.tables("notice", _Row.notice),
            notice_by=self.choice("notice_by", "elapsed length", "elapsed"),
            notice_inside=self.flag("notice_inside", default=True),
            written=self.flag("written", default=False),
            hearing=self.span("hearing"),
            silence=self.choice("silence", "permanent ends", "permanent"),
            wait=self.tables("wait", _Row.wait),
            wait_includes_last_day=self.flag("wait_includes_last_day", default=False),
            absence=self._table("absence", absence, _Row.absence) if absence else None,
            summary=self.take("summary", str, ""),
            traps=self.texts("traps"),
            question=self.take("question", str, ""),
            note=self.take("note", str, ""),
        )
        self.finish()
        return rule
