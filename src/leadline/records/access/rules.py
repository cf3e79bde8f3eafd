"""The table: for each kind of record, who may read it and who may change it.

To add a kind, add a row. A kind with a model is filtered row by row; a kind without one
(a page that is worked out) is for its roles alone.
"""

from __future__ import annotations

from leadline.records.access.people import PEOPLE
from leadline.records.access.rule import Rule
from leadline.records.access.who import (
    GUEST,
    HEAD,
    LEAD,
    NOBODY,
    PARTNER,
    TEAM,
    about,
    written_by,
)

RULES = (
    # The lead's own
    Rule(
        kind="brief",
        readers=(LEAD,),
        changers=(LEAD,),
        models=("Brief", "BriefLine", "Response"),
    ),
    Rule(kind="report", readers=(LEAD,)),
    Rule(kind="settings", readers=(LEAD,)),
    Rule(kind="sources", readers=(LEAD,), changers=(LEAD,), models=("Source", "Reading")),
    # Who gets in; of accounts only their own
    Rule(kind="invitation", readers=(LEAD,), changers=(LEAD,)),
    Rule(kind="sign-in link", readers=(LEAD, about("email")), models=("SignInLink",)),
    Rule(
        kind="guest link",
        readers=(LEAD, written_by("issued_by")),
        changers=(LEAD,),
        models=("GuestLink",),
    ),
    Rule(kind="account", readers=(about("email"),), models=("Account",)),
    Rule(
        kind="way to sign in",
        readers=(about("user__email"),),
        models=("Authenticator", "SignInAddress", "SingleSignOn"),
    ),
    Rule(
        kind="session",
        readers=NOBODY,
        models=("AddressConfirmation", "Session", "SingleSignOnToken"),
    ),
    # The work
    Rule(
        kind="project",
        readers=(TEAM, HEAD),
        changers=(TEAM,),
        models=("ProjectConfirmation",),
    ),
    Rule(
        kind="project note",
        readers=(TEAM, HEAD),
        changers=(TEAM,),
        models=(
            "Assumption",
            "AssumptionAnswer",
            "Decision",
            "DecisionReview",
            "Idea",
            "IdeaClosing",
        ),
    ),
    Rule(kind="experiment", readers=(TEAM, HEAD)),
    Rule(kind="impact", readers=(TEAM, HEAD, GUEST)),
    *PEOPLE,
    # Everybody's
    Rule(kind="own page", readers=(TEAM, HEAD, PARTNER)),
    Rule(kind="own settings", readers=(TEAM, HEAD, PARTNER)),
    Rule(kind="search", readers=(TEAM, HEAD)),
    Rule(kind="patterns", readers=(TEAM, HEAD)),
)


_BY_KIND = {rule.kind: rule for rule in RULES}
_BY_MODEL = {model: rule for rule in RULES for model in rule.models}


def rule_of(kind: str) -> Rule:
    """Return the row of a kind.

    Raises
    ------
    LookupError
        The table has no such row: nothing may be shown or changed before it has.
    """
    if kind not in _BY_KIND:
        raise LookupError(
            f"no rule says who may read {kind!r}; add one to records.access.rules"
        )
    return _BY_KIND[kind]


def rule_of_model(name: str) -> Rule:
    """Return the row that speaks of a model.

    Raises
    ------
    LookupError
        None does: its rows may not be shown.
    """
    if name not in _BY_MODEL:
        raise LookupError(f"no rule says who may read {name}; add one to records.access.rules")
    return _BY_MODEL[name]
