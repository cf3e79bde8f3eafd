"""The tables. Each row says who or what it came from, and when."""

from leadline.records.models.access import GuestLink, SignInLink
from leadline.records.models.answers import IdentityDecision, PlanChange, ProjectConfirmation
from leadline.records.models.briefs import Brief, BriefLine, Response
from leadline.records.models.people import Correction, Erasure, Person, RosterChange
from leadline.records.models.sources import Reading, Snapshot, Source
from leadline.records.models.typing import TypedInput

__all__ = [
    "Brief",
    "BriefLine",
    "Correction",
    "Erasure",
    "GuestLink",
    "IdentityDecision",
    "Person",
    "PlanChange",
    "ProjectConfirmation",
    "Reading",
    "Response",
    "RosterChange",
    "SignInLink",
    "Snapshot",
    "Source",
    "TypedInput",
]
