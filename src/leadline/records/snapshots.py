"""Facts of a source in and out of its snapshot; they stay the dataclasses they were.

A process that serves pages decodes a snapshot once: what it decoded is kept in memory until
the database holds another one. Only the digests are read to know that.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any, TypeVar

import msgspec

from leadline.findings import Finding
from leadline.library.watch_numbers import WatchSeries
from leadline.records.kept_work import read_once
from leadline.records.models import Snapshot, Source

Facts = TypeVar("Facts")


@dataclass(frozen=True, slots=True)
class _Decoded:
    """What was last decoded of the snapshots of a kind: their rows, and the facts of each."""

    rows: tuple[tuple[int, str, str], ...] = ()
    by_row: Mapping[int, Any] = field(default_factory=dict)
    by_name: Mapping[str, Any] = field(default_factory=dict)


_decoded: dict[tuple[str, type], _Decoded] = {}
"""By kind and type of facts."""

LARGE = 1_000_000
"""Letters of new snapshots from which on the garbage collector is told."""

_one_at_a_time = Lock()
"""Also because msgspec crashes the process where two threads first meet a type together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptFindings:
    """What an analysis of tables found when it last ran; its numbers are not worked out anew.

    Attributes
    ----------
    today : date
        The day it ran for.
    findings : tuple of Finding
        What it said.
    """

    today: date
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptWatch(KeptFindings):
    """What watching a model found, and the numbers of its page.

    Attributes
    ----------
    series : WatchSeries
        By day and column, with the ML Test Score.
    code : str
        The folder of the model's code, written as its repository is in the workspace
        file; empty where that names none.
    """

    series: WatchSeries
    code: str


def keep_facts(source: Source, facts: object) -> None:
    """Replace the facts of a source by those of a new reading."""
    encoded = msgspec.json.encode(facts).decode()
    Snapshot.objects.update_or_create(source=source, defaults={"facts": encoded})


def load_facts(kind: Source.Kind, facts_type: type[Facts]) -> Mapping[str, Facts]:
    """Return the facts of every source of a kind that was read well, by source name.

    The very same mapping is returned until a snapshot changes; it is not to be written to.
    Facts that an older Leadline wrote and this one cannot read count as not read yet;
    the next reading replaces them.
    """
    with _one_at_a_time:  # the others wait for what the first one decodes
        return _load(kind, facts_type).by_name


def _load(kind: Source.Kind, facts_type: type[Facts]) -> _Decoded:
    kept = _decoded.setdefault((kind, facts_type), _Decoded())
    rows = tuple(_digests().get(kind, ()))
    if rows == kept.rows and all(digest for _pk, digest, _name in rows):
        return kept
    digests = {pk: digest for pk, digest, _name in kept.rows}
    new = [pk for pk, digest, _name in rows if not digest or digests.get(pk) != digest]
    snapshots = Snapshot.objects.filter(pk__in=new)
    texts = dict(snapshots.values_list("pk", "facts")) if new else {}
    # Only what the database still holds stays in memory: whoever was purged leaves both.
    by_row = {
        pk: _decode(texts[pk], facts_type) if pk in texts else kept.by_row[pk]
        for pk, _digest, _name in rows
        if pk in texts or pk in kept.by_row
    }
    names = {pk: name for pk, _digest, name in rows}
    by_name = {names[pk]: facts for pk, facts in by_row.items() if facts is not None}
    _decoded[kind, facts_type] = now = _Decoded(rows, by_row, by_name)
    if sum(map(len, texts.values())) > LARGE:
        _leave_out_of_collection()
    return now


@read_once
def _digests() -> Mapping[str, list[tuple[int, str, str]]]:
    """Return the row, the digest and the source of every snapshot, by kind."""
    by_kind: defaultdict[str, list[tuple[int, str, str]]] = defaultdict(list)
    ordered = Snapshot.objects.order_by("source__name")
    columns = ("source__kind", "pk", "digest", "source__name")
    for kind, pk, digest, name in ordered.values_list(*columns):
        by_kind[kind].append((pk, digest, name))
    return by_kind


def _leave_out_of_collection() -> None:
    """Tell the garbage collector not to walk through what stays, at every full collection.

    Facts hold no cycles: they go with the last reference to them, collected or not. Walking
    through ten years of meetings would stop a page for a tenth of a second now and then.
    """
    gc.collect()
    gc.freeze()


def _decode(text: str, facts_type: type[Facts]) -> Facts | None:
    try:
        return msgspec.json.decode(text, type=facts_type)
    except msgspec.DecodeError:
        return None
