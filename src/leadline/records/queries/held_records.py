"""Records about a person that were written in Leadline, as that person may see them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from django.db.models import Model, QuerySet

from leadline.records import access
from leadline.records.access import Viewer
from leadline.records.counting import counts_of
from leadline.records.personal import Kind, kinds_with_records
from leadline.records.queries.held import Held

AT_ONCE = 500
"""Records that are in memory together: an export of ten years is written as it is read."""


def from_records(
    addresses: tuple[str, ...], name: str, *, asked_by: Viewer | None, most: int | None
) -> Iterator[Held]:
    """Yield records that were written here: those both may read, and how many others.

    Whoever asks about themselves gets what they may read on any page.

    Parameters
    ----------
    asked_by, most
        As for `everything_about`.
    """
    is_own = bool(asked_by and asked_by.addresses.intersection(addresses))
    role = frozenset({access.Role.MEMBER})
    person = Viewer(email=addresses[0], name=name, addresses=frozenset(addresses), roles=role)
    other = asked_by or Viewer(
        email="", name="", addresses=frozenset(), roles=frozenset({access.Role.LEAD})
    )
    found = []
    for kind, rows, n_rows in kinds_with_records(addresses):
        shown = access.visible(other, rows)
        found.append((kind, shown if is_own else access.visible(person, shown), n_rows))
    n_shown = counts_of(shown for _kind, shown, _n in found)
    for (kind, shown, n_rows), n in zip(found, n_shown, strict=True):
        yield from _of_kind(kind, shown, n_rows=n_rows, n_shown=n, most=most)


def _of_kind(
    kind: Kind, shown: QuerySet[Model], *, n_rows: int, n_shown: int, most: int | None
) -> Iterator[Held]:
    n_listed = 0
    for some in _parts(shown.select_related(), most=most):
        n_listed += len(some)
        for row, readers in zip(some, access.readers_of_each(kind.model, some), strict=True):
            yield Held(
                what=kind.what,
                text=kind.text(row),
                on=kind.on(row),
                place=_place(kind),
                readers=readers,
            )
    few = access.readers_of(access.rule_of_model(kind.model.__name__).kind)
    if most is not None and n_shown > n_listed:
        text = f"{n_shown - n_listed} more, which stand in the export"
        yield Held(what=kind.what, text=text, on=None, place=_place(kind), readers=few)
    if n_others := n_rows - n_shown:
        whose = "more, which can be read only by who is named here"
        yield Held(
            what=kind.what,
            text=f"{n_others} {whose if few else 'kept, and shown on no page'}",
            on=None,
            place=_place(kind),
            readers=few or ("nobody",),
        )


def _parts(rows: QuerySet[Model], *, most: int | None) -> Iterator[list[Model]]:
    """Yield rows, not all of ten years at once; `most` of them where that is wanted."""
    if most is not None:
        yield list(rows[:most])
        return
    each = rows.iterator(chunk_size=AT_ONCE)
    while some := list(islice(each, AT_ONCE)):
        yield some


def _place(kind: Kind) -> str:
    return f"written in Leadline; deleted {kind.until}"
