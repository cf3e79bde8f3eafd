"""How values are written on pages: days, moments, shares; in the reader's locale."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm
from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format, get_format, number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from leadline.library.wording import signed as in_words_signed
from leadline.practice.dates import ISO_DAY
from leadline.web.kept import SEEN, kept_of
from leadline.web.words import reader_in_words
from leadline.web.words import word as in_reader_words

register = template.Library()


@register.filter
def day(value: date | datetime | str | None) -> SafeString | str:
    """Write a day in the reader's locale, readable by machines too; "–" where there is none."""
    moment = _as_day(value)
    if moment is None:
        return "–"
    words = _in_words(get_language(), moment)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)


@lru_cache(maxsize=10_000)
def _in_words(language: str, moment: date) -> str:  # noqa: ARG001 - tells two apart
    """Write a day; a page has a hundred, and most of them more than once."""
    return date_format(moment, "DATE_FORMAT", use_l10n=True)


@register.filter
def long_day(value: date | str | None) -> SafeString | str:
    """Write a day with its weekday."""
    moment = _as_day(value)
    if moment is None:
        return "–"
    words = f"{date_format(moment, 'l')}, {date_format(moment, 'DATE_FORMAT')}"
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)


@register.filter
def read_days(sentence: str) -> SafeString:
    """Write a sentence with its days, 2026-11-23 as rules write them, as its reader does."""
    parts = ISO_DAY.split(sentence)
    if len(parts) == 1:  # most have none
        return conditional_escape(sentence)
    return format_html_join("", "{}", ((_day_or_text(part),) for part in parts))


def _day_or_text(part: str) -> SafeString | str:
    try:
        return day(part) if ISO_DAY.fullmatch(part) else part
    except ValueError:  # it only looks like a day
        return part


@register.filter
def read_days_in(markup: SafeString) -> SafeString:
    """Write the days of a page that the library wrote as its reader does.

    What is copied (commands), drawn or said to machines stays as it is.
    """
    parts = _AS_IT_IS.split(markup)
    parts[::2] = map(_with_days, parts[::2])
    return SafeString("".join(parts))


def _with_days(markup: str) -> str:
    language, parts, end = get_language(), [], 0
    for found in _AFTER_YEAR.finditer(markup):
        begin = found.start() - len("2026")
        try:
            moment = date.fromisoformat(markup[begin : found.end()])
        except ValueError:  # it only looks like a day
            continue
        parts += [markup[end:begin], _in_words(language, moment)]
        end = found.end()
    return "".join([*parts, markup[end:]])


_AS_IT_IS = re.compile(
    r"(<(?:code|pre|svg|style|script)\b.*?</(?:code|pre|svg|style|script)>)", re.DOTALL
)
_AFTER_YEAR = re.compile(
    r"-\d\d-\d\d(?<=\d{4}.{6})(?<![\w./-].{10})(?![\w/-])(?![^<>]*>)", re.DOTALL
)
"""Ends what may be a day, outside a tag; by its first letter a megabyte is searched at once."""


@register.filter
def breakable(path: str) -> SafeString:
    """Write a path so that a narrow column breaks it after a part, not within a word."""
    parts = re.split(r"(?<=[/_])", path)
    return format_html_join(SafeString("<wbr>"), "{}", ((read_days(part),) for part in parts))


@register.filter
def ago(value: datetime | None) -> str:
    """Write how long ago a moment was, in its largest unit."""
    if value is None:
        return _("never")
    seconds = (timezone.now() - value).total_seconds()
    days, hours, minutes = (int(seconds // size) for size in (86_400, 3_600, 60))
    if days:
        return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
    if hours:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", hours) % {"n": hours}
    if minutes:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    return _("just now")


@register.filter
def percent(share: float, decimals: int = 0) -> str:
    """Write a share from 0 to 1 in percent."""
    return f"{number_format(100 * share, decimal_pos=decimals)} %"


@register.filter
def told(value: Any) -> SafeString | str:
    """Write a value of what is kept: a day in the reader's locale, words with their lines."""
    return day(value) if isinstance(value, date) else linebreaksbr(str(value))


@register.filter
def days_from(value: date | None, today: date) -> str:
    """Write how far a day is from today: "in 3 days", "today", "2 days ago"."""
    if value is None:
        return ""
    left = (value - today) // timedelta(days=1)
    if left == 0:
        return _("today")
    if left > 0:
        return ngettext("in %(n)d day", "in %(n)d days", left) % {"n": left}
    return ngettext("%(n)d day ago", "%(n)d days ago", -left) % {"n": -left}


@register.filter
def called(address: str, names: dict[str, str]) -> str:
    """Return the name of whoever uses an address; "somebody" where it was purged."""
    return names.get(address, address) or _("somebody")


@register.inclusion_tag("parts/field.html")
def field(bound: Any, *, rows: int | None = None) -> dict[str, Any]:
    """Draw one field of a form: its label, help, input and what is wrong with it."""
    described = []
    if bound.help_text:
        described.append(f"{bound.auto_id}_helptext")
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    attributes: dict[str, Any] = {"rows": rows} if rows else {}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
        attributes["autofocus"] = True  # the page opens at what is to be put right
    return {"field": bound, "widget": bound.as_widget(attrs=attributes)}


@register.simple_tag
def drawn(part: str, **facts: Any) -> SafeString:
    """Draw a part of a page that shows nothing but the frozen facts it is given.

    The same facts in the same language are drawn once: a list of projects mostly draws what
    the last reader's drew. Not for parts that name people: what is purged leaves memory, too.
    """
    return draw(get_language(), part, tuple(facts.items()))


@lru_cache(maxsize=2_000)
def draw(language: str, part: str, facts: tuple[tuple[str, Any], ...]) -> SafeString:  # noqa: ARG001
    """Draw a part anew; the language is only there to tell two of them apart."""
    return render_to_string(part, dict(facts))


@register.simple_tag
def seen(thing: Any) -> SafeString | str:
    """Write the version of what a form or a button changes, if it changes something.

    A form that is shown again keeps the version that its first page had, until its reader
    was told what is kept now.
    """
    if not isinstance(thing, BaseForm):
        version = kept_of(thing).version
    elif not hasattr(thing, "version"):
        return ""
    elif thing.is_bound and not hasattr(thing, "kept_now"):
        version = thing.data.get(SEEN, thing.version)
    else:
        version = thing.version
    return format_html('<input type="hidden" name="{}" value="{}">', SEEN, version)


def _as_day(value: date | datetime | str | None) -> date | None:
    if not value:
        return None
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def signed(value: float | None, digits: int = 2) -> str:
    """Write a number with its sign and as many digits as it carries."""
    if value is None:
        return "–"
    return _localised(in_words_signed(value, digits=digits))


@register.filter
def signed_percent(share: float | None) -> str:
    """Write a change, a share of the whole, in percent with its sign."""
    return "–" if share is None else f"{_localised(in_words_signed(100 * share))} %"


@register.filter
def believed(row: Any) -> str:
    """Write what is believed of a claim or a total with its interval, all to one digit.

    One more where an end of the interval would read as zero and is none.
    """
    numbers = (row.believed, row.lower, row.upper)
    if None in numbers:
        return "–"
    width = max(abs(row.upper - row.lower), 1e-12)
    places = min(max(0, 1 - math.floor(math.log10(width))), 12)
    places += any(number and not round(number, places) for number in numbers)
    middle, lower, upper = (f"{number:+.{places}f}".replace("-", "−") for number in numbers)
    return _localised(f"{middle} [{lower}, {upper}]")


@register.filter
def named(address: str, names: dict[str, str]) -> str:
    """Write the name of whoever has an address; the address where nobody has it."""
    return names.get(address, address) or _("somebody who was purged")


@register.filter
def unlocalized(value: int) -> str:
    """Write a number as a program reads it, e.g. in a picture."""
    return str(value)


@register.filter
def charter_key(key: str) -> str:
    """Write the key of a charter's line in words."""
    return in_reader_words(key.replace("_", " "))


@register.filter
def word(value: object) -> str:
    """Write a word that a rule or a record uses in the reader's language."""
    return in_reader_words(value)


@register.filter
def reader(entry: str) -> str:
    """Write one entry of a list of readers in the reader's language."""
    return reader_in_words(entry)


def _localised(text: str) -> str:
    """Put the reader's separators into a number that stands in English form."""
    decimal, thousands = get_format("DECIMAL_SEPARATOR"), get_format("THOUSAND_SEPARATOR")
    swapped = {",": str(thousands), ".": str(decimal)}
    return "".join(swapped.get(letter, letter) for letter in text)
