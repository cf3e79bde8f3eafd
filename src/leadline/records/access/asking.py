"""The questions: may they read it, may they change it, and who else can."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import Manager, Model, QuerySet, prefetch_related_objects

from leadline import findings
from leadline.records.access.rule import Rule
from leadline.records.access.rules import rule_of, rule_of_model
from leadline.records.access.viewers import Role, Viewer
from leadline.records.access.who import Who, any_of
from leadline.records.narrowing import narrowed

Row = TypeVar("Row", bound=Model)


def visible(viewer: Viewer, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return those rows that the viewer may read."""
    return _admitted(viewer, rows, _rule(rows.model).readers)


def changeable(viewer: Viewer, rows: QuerySet[Row]) -> QuerySet[Row]:
    """Return those rows that the viewer may change."""
    return _admitted(viewer, rows, _rule(rows.model).changers)


def may_read(viewer: Viewer, what: str | Model) -> bool:
    """Whether the viewer may read a row, or ever a row of a kind."""
    if isinstance(what, Model):
        return visible(viewer, _all(type(what)).filter(pk=what.pk)).exists()
    return any(entry.may_ever(viewer) for entry in rule_of(what).readers)


def may_change(viewer: Viewer, what: str | Model) -> bool:
    """Whether the viewer may change a row, or ever a row of a kind."""
    if isinstance(what, Model):
        return changeable(viewer, _all(type(what)).filter(pk=what.pk)).exists()
    return any(entry.may_ever(viewer) for entry in rule_of(what).changers)


def may_read_finding(viewer: Viewer, found: findings.Finding) -> bool:
    """Whether the viewer is among the readers that a finding carries."""
    for reader in found.readers:
        if reader == findings.LEAD:
            admitted = Role.LEAD in viewer.roles
        elif reader == findings.TEAM:
            admitted = bool(viewer.roles & {Role.LEAD, Role.MEMBER})
        else:
            admitted = reader.lower() in viewer.addresses
        if admitted:
            return True
    return False


def visible_findings(
    viewer: Viewer, found: Iterable[findings.Finding]
) -> tuple[findings.Finding, ...]:
    """Return those findings that the viewer may read, in their order."""
    return tuple(one for one in found if may_read_finding(viewer, one))


def reads_to_keep(viewer: Viewer, row: Model) -> frozenset[tuple[str, str]]:
    """Return of whom, and as what, it is kept that the viewer opened a row.

    Everybody else whom it is about, as far as they may read it too: a draft that only its
    author knows of is not betrayed by an audit.
    """
    rule = _rule(type(row))
    if not rule.audited:
        return frozenset()
    model = type(row)
    return frozenset(
        (address, rule.audited)
        for entry in rule.readers
        if entry.is_subject and _all(model).filter(entry.only, pk=row.pk).exists()
        for address in entry.addresses(row)
        if address not in viewer.addresses
    )


def readers_of(what: str | Model) -> tuple[str, ...]:
    """Return the printed list of who can read a row, or rows of a kind."""
    if isinstance(what, str):
        return tuple(entry.words for entry in rule_of(what).readers)
    return readers_of_each(type(what), [what])[0]


def readers_of_each(model: type[Row], rows: list[Row]) -> list[tuple[str, ...]]:
    """Return the printed list of each of many rows of a model, in their order."""
    entries = _rule(model).readers
    related = [one.path.rpartition("__")[0] for one in entries]
    prefetch_related_objects(rows, *filter(None, related))
    pks = [row.pk for row in rows]
    spoken_of = [
        set(_all(model).filter(entry.only, pk__in=pks).values_list("pk", flat=True))
        if entry.only
        else set(pks)
        for entry in entries
    ]
    printed = (
        [e.printed(row) for e, those in zip(entries, spoken_of, strict=True) if row.pk in those]
        for row in rows
    )
    return [tuple(text for text in texts if text) for texts in printed]


def _all(model: type[Row]) -> Manager[Row]:
    return model._default_manager  # noqa: SLF001 - Django's documented name for it


def _rule(model: type[Model]) -> Rule:
    return rule_of_model(model.__name__)


def _admitted(viewer: Viewer, rows: QuerySet[Row], entries: tuple[Who, ...]) -> QuerySet[Row]:
    condition = any_of(entries, viewer)
    if condition is None:
        return rows.none()
    if not condition:
        return rows
    return narrowed(rows, condition)
