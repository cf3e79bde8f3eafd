"""The knowledge map: who knows which part of a repository, for questions and handovers."""

from leadline.practice.knowledge.areas import NONE, ONE, SHARED, UNKNOWN, Area
from leadline.practice.knowledge.facts import (
    ADDED,
    DELETED,
    MODIFIED,
    RENAMED,
    History,
    Identity,
    Tag,
    Touches,
)
from leadline.practice.knowledge.handover import (
    Successor,
    at_risk,
    gaps,
    lost_without,
    successors,
)
from leadline.practice.knowledge.identities import Merge, SuggestedMerge, who_is_who
from leadline.practice.knowledge.map import KnowledgeMap, knowledge_map
from leadline.practice.knowledge.members import HERE, LEFT, QUIET, UNLISTED, Member
from leadline.practice.knowledge.plain import as_plain
from leadline.practice.knowledge.rules import findings
from leadline.practice.knowledge.truck_factor import TruckFactor

__all__ = [
    "ADDED",
    "DELETED",
    "HERE",
    "LEFT",
    "MODIFIED",
    "NONE",
    "ONE",
    "QUIET",
    "RENAMED",
    "SHARED",
    "UNKNOWN",
    "UNLISTED",
    "Area",
    "History",
    "Identity",
    "KnowledgeMap",
    "Member",
    "Merge",
    "Successor",
    "SuggestedMerge",
    "Tag",
    "Touches",
    "TruckFactor",
    "as_plain",
    "at_risk",
    "findings",
    "gaps",
    "knowledge_map",
    "lost_without",
    "successors",
    "who_is_who",
]
