"""A workspace in which every text that somebody wrote is a canary of its own.

Rows are made from the models, so a new model is filled by itself. Whoever may read a canary
is taken from the printed list of readers alone: the test that uses this proves the pages
against the words that they print.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Field, Model

from leadline.practice.people import Person as Facts
from leadline.records import access
from leadline.records.actions.brief import make_brief
from leadline.records.models import BriefLine, Person, Source
from leadline.records.queries.team import CalendarFacts
from leadline.records.snapshots import keep_facts, load_facts
from leadline.workspace import Workspace
from tests.web.conftest import HEAD, LEAD, MEMBER, NOW, OTHER, PARTNER, TODAY

FORM = re.compile(r"zq7[0-9]{4}z")
PREFIX = "zq7"
HOSTILE = "<i onclick=x>\"'"
"""Stands before each canary: a page that does not escape it has a handler inline."""

CASTS = (
    (MEMBER, LEAD),
    (MEMBER, OTHER),
    (OTHER, MEMBER),
    (LEAD, OTHER),
)
"""Whom a row is about, and who wrote it; each once unfinished and once finished."""
PROJECT = "search-ranking"
"""One of the made-up team's; rows about the work are about it."""

ROWS = range(1, 2 * len(CASTS) + 1)

ABOUT = frozenset({"about", "address", "owner"})
"""Columns with the address of whom a row is about; any other address wrote it."""

MADE_BY_READING = frozenset(
    {
        "Person",
        "Brief",
        "BriefLine",
        "Source",
        "Reading",
        "Snapshot",
        "SignInLink",
        "PulseCount",
    }
)
"""Rows that a reading, a brief or a launch makes; each gets its canaries in its own way."""

NOT_WRITTEN_BY_PEOPLE = frozenset(
    {
        "IdentityDecision.first", "IdentityDecision.second",
        "PlanChange.step", "Response.finding",
        "Response.rule", "Response.subject", "RosterChange.field", "TypedInput.where",
        "Erasure.address_hash", "TalkCorrection.uid", "CalendarFeed.secret_hash",
    }
)  # fmt: skip
"""Names and keys that Leadline itself gives."""

FIXED = {
    "GuestLink.page": "/patterns/",
    "Correction.field": "level",  # a corrected name would be everybody's to see
}
"""What has to be something that is there."""

WORDS = {
    "the lead": {LEAD},
    "the lead's lead": {HEAD},
    "the people partner": {PARTNER},
    "whoever was given a link to it": {"guest"},
}


@dataclass
class Canaries:
    """Every canary, with the row it stands in and who may read it.

    Attributes
    ----------
    places : dict
        Canary → "Model.field #pk".
    readers : dict
        Canary → addresses of those whom the printed list names.
    """

    places: dict[str, str] = field(default_factory=dict)
    readers: dict[str, frozenset[str]] = field(default_factory=dict)
    _count: int = 0

    def new(self, place: str) -> str:
        """Return a text that stands nowhere else, and does harm where it is not escaped."""
        self._count += 1
        canary = f"{PREFIX}{self._count:04d}z"
        self.places[canary] = place
        return f"{HOSTILE}{canary}"


def everybody() -> frozenset[str]:
    """The lead and every member who is here."""
    here = Person.objects.filter(withdrawn_at=None)
    return frozenset({LEAD, *(one.key for one in here if not _has_left(one.facts()))})


def _has_left(person: Facts) -> bool:
    return person.ends_on is not None and person.ends_on < TODAY


def printed_readers(row: Model) -> frozenset[str]:
    """Return the addresses that the printed list of a row names, read as a person would."""
    named: set[str] = set()
    try:
        printed = access.readers_of(row)
    except LookupError:
        return frozenset()  # no list says that anybody may
    for words in printed:
        addresses = re.findall(r"[^\s,()]+@[^\s,()]+", words)
        if addresses:
            named |= set(addresses)
        elif words == "everyone on the team":
            named |= everybody()
        else:
            named |= WORDS[words.partition(", once")[0]]
    return frozenset(named)


def fill(workspace: Workspace) -> Canaries:
    """Fill every table and return what stands where."""
    canaries = Canaries()
    for model in _in_order():
        if model.__name__ not in MADE_BY_READING:
            rows = (1, 3) if _one_a_person(model) else tuple(ROWS)
            for pk in rows:
                _row(model, pk, canaries)
    _read_rows(canaries, workspace)
    team = everybody()
    for line in BriefLine.objects.all():  # each line carries the readers of its finding
        readers: set[str] = set()
        for who in line.found["readers"]:
            readers |= team if who == "team" else {LEAD if who == "lead" else who}
        canaries.readers[next(found_in(line.sentence))] = frozenset(readers)
    for canary, place in canaries.places.items():
        if canary not in canaries.readers:
            name, _, pk = place.partition(" #")
            model = apps.get_model("records", name.partition(".")[0])
            row = model._default_manager.get(pk=int(pk))
            canaries.readers[canary] = printed_readers(row)
    return canaries


def fill_more() -> None:
    """Add as many rows again to every table that people write, about the same people."""
    canaries = Canaries(_count=5_000)
    for model in _in_order():
        if model.__name__ not in MADE_BY_READING and not _one_a_person(model):
            for pk in ROWS:
                _row(model, pk + 1000, canaries)


def _in_order() -> list[type[Model]]:
    """Every model after those that it points to."""
    left = list(apps.get_app_config("records").get_models())
    done: list[type[Model]] = []
    while left:
        ready = [
            model
            for model in left
            if all(
                other in done or other is model or one.null
                for one in model._meta.concrete_fields
                if (other := one.related_model)
            )
        ]
        assert ready, left
        done += ready
        left = [model for model in left if model not in ready]
    return done


def _one_a_person(model: type[Model]) -> bool:
    return any(one.unique and one.name in ABOUT for one in model._meta.concrete_fields)


def _row(model: type[Model], pk: int, canaries: Canaries) -> None:
    about, author = CASTS[(pk - 1) % len(CASTS)]
    finished = pk > len(CASTS)
    values: dict[str, Any] = {}
    for one in model._meta.concrete_fields:
        place = f"{model.__name__}.{one.name}"
        if one.primary_key:
            values[one.attname] = pk
        elif one.related_model is Person:
            values[one.name] = Person.objects.filter(key__in=[about, author]).first()
        elif one.is_relation:
            others = one.related_model._default_manager.order_by("pk")
            values[one.attname] = None if one.null else others[(pk - 1) % others.count()].pk
        elif isinstance(one, models.EmailField):
            ended = one.name.endswith("_by") and one.name != "issued_by"
            wrote = "" if ended and not finished else author
            values[one.name] = about if one.name in ABOUT else wrote
        elif fixed := FIXED.get(place, PROJECT if one.name == "project" else ""):
            values[one.name] = fixed
        elif _is_text(one) and place not in NOT_WRITTEN_BY_PEOPLE:
            values[one.name] = canaries.new(f"{place} #{pk}")
        elif not one.null or finished:
            values[one.name] = _value(one, pk)
    model._default_manager.create(**values)


def _is_text(one: Field[Any, Any]) -> bool:
    is_text = isinstance(one, models.CharField | models.TextField)
    return is_text and not one.choices and (one.max_length or 1000) > 30


FUTURE = frozenset({"purge_on", "delete_on", "expires_at", "until", "closes_on", "last_on"})

PLAIN: dict[type[Field[Any, Any]], Any] = {
    models.BooleanField: False,
    models.IntegerField: 1,
    models.FloatField: 1.0,
    models.JSONField: {},
}


def _value(one: Field[Any, Any], pk: int) -> Any:
    """A value that a column of this kind may hold."""
    day = TODAY + timedelta(days=60 + pk if one.name in FUTURE else -30 - pk)
    if isinstance(one, models.DateTimeField):
        return NOW + (day - TODAY)
    if isinstance(one, models.DateField):
        return day
    if one.choices:
        return str(one.choices[0][0])
    return next((value for kind, value in PLAIN.items() if isinstance(one, kind)), f"x{pk}")


def _read_rows(canaries: Canaries, workspace: Workspace) -> None:
    """Put canaries into what readings and briefs made."""
    for person in Person.objects.filter(key__in=[MEMBER, OTHER]):
        for name in ("role", "level", "place"):
            setattr(person, name, canaries.new(f"Person.{name} #{person.pk}"))
        person.save()
    make_brief(workspace, today=TODAY)
    for line in BriefLine.objects.all():
        line.sentence = canaries.new(f"BriefLine.sentence #{line.pk}")
        line.found |= {"sentence": line.sentence}
        line.save()
    for name, facts in load_facts(Source.Kind.CALENDAR, CalendarFacts).items():
        meetings = []
        for meeting in facts.meetings:
            title = canaries.new(f"Calendar.title {meeting.starts_at}")
            canaries.readers[next(found_in(title))] = frozenset({LEAD, *meeting.attendees})
            meetings.append(_renamed(meeting, title))
        source = Source.objects.get(kind=Source.Kind.CALENDAR, name=name)
        keep_facts(source, _renamed_all(facts, tuple(meetings)))


def _renamed(meeting: Any, title: str) -> Any:
    return replace(meeting, title=title)


def _renamed_all(facts: CalendarFacts, meetings: tuple[Any, ...]) -> CalendarFacts:
    return replace(facts, meetings=meetings)


def found_in(text: str) -> Iterator[str]:
    """Yield the canaries in a text."""
    yield from set(FORM.findall(text))
