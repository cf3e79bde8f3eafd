"""Facts of a source in and out of its snapshot; they stay the dataclasses they were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import msgspec

from leadline.findings import Finding
from leadline.records.models import Snapshot, Source

Facts = TypeVar("Facts")


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


def keep_facts(source: Source, facts: object) -> None:
    """Replace the facts of a source by those of a new reading."""
    encoded = msgspec.json.encode(facts).decode()
    Snapshot.objects.update_or_create(source=source, defaults={"facts": encoded})


def load_facts(kind: Source.Kind, facts_type: type[Facts]) -> dict[str, Facts]:
    """Return the facts of every source of a kind that was read well, by source name.

    Facts that an older Leadline wrote and this one cannot read count as not read yet;
    the next reading replaces them.
    """
    snapshots = Snapshot.objects.filter(source__kind=kind).select_related("source")
    facts = {}
    for snapshot in snapshots.order_by("source__name"):
        try:
            facts[snapshot.source.name] = msgspec.json.decode(snapshot.facts, type=facts_type)
        except msgspec.DecodeError:
            continue
    return facts
