"""Facts of a source in and out of its snapshot; they stay the dataclasses they were.

A process that serves pages decodes a snapshot once: what it decoded is kept in memory until
the database holds another one. Only the digests are read to know that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, TypeVar, cast

import msgspec

from leadline.findings import Finding
from leadline.library.watch_numbers import WatchSeries
from leadline.records.models import Snapshot, Source

Facts = TypeVar("Facts")

_Decoded = dict[int, tuple[str, Any]]
_decoded: dict[tuple[str, type], _Decoded] = {}
"""Per kind and type: the facts last decoded of each source, with the digest they had."""

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


def load_facts(kind: Source.Kind, facts_type: type[Facts]) -> dict[str, Facts]:
    """Return the facts of every source of a kind that was read well, by source name.

    Facts that an older Leadline wrote and this one cannot read count as not read yet;
    the next reading replaces them.
    """
    with _one_at_a_time:  # the others wait for what the first one decodes
        return _load(kind, facts_type)


def _load(kind: Source.Kind, facts_type: type[Facts]) -> dict[str, Facts]:
    kept = _decoded.get((kind, facts_type), {})
    snapshots = Snapshot.objects.filter(source__kind=kind)
    rows = snapshots.order_by("source__name").values_list("pk", "digest", "source__name")
    names = {pk: (digest, name) for pk, digest, name in rows}
    new = [
        pk
        for pk, (digest, _) in names.items()
        if not digest or kept.get(pk, ("",))[0] != digest
    ]
    texts = dict(snapshots.filter(pk__in=new).values_list("pk", "facts")) if new else {}
    # Only what the database still holds stays in memory: whoever was purged leaves both.
    now: _Decoded = {
        pk: (digest, _decode(texts[pk], facts_type)) if pk in texts else kept[pk]
        for pk, (digest, _) in names.items()
        if pk in texts or pk in kept
    }
    _decoded[kind, facts_type] = now
    return {
        names[pk][1]: cast("Facts", facts)
        for pk, (_, facts) in now.items()
        if facts is not None
    }


def _decode(text: str, facts_type: type[Facts]) -> Facts | None:
    try:
        return msgspec.json.decode(text, type=facts_type)
    except msgspec.DecodeError:
        return None
