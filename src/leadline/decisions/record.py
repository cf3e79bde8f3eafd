"""What a decision answers, and the one record that is kept of it.

These are msgspec structs and not dataclasses: they are made once a decision, and a
frozen dataclass takes several times as long to make.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Reason = Literal[
    "",
    "raised",
    "bad_output",
    "over_budget",
    "breaker_open",
    "worker_unavailable",
    "killed",
    "log_failed",
]
"""Why the rule answered in place of the assigned arm; empty where it did not have to."""


class Choice(msgspec.Struct, frozen=True):
    """An action that a policy drew, and how likely it was to draw it.

    A policy that explores returns this in place of the bare action.
    """

    action: Any
    propensity: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one decision.

    Attributes
    ----------
    action : object
        What to do.
    assigned : str
        The arm of the unit, or `holdout` or `outside`. Analyse by this.
    served : str
        The arm whose policy chose the action.
    fallback_reason : str
        Why that is not the assigned arm; empty where it is.
    propensity : float
        How likely this arm and this action were, given the unit and its features; nan
        after a fallback, because failing was not drawn at random.
    decision_id : str
    latency : float
        Seconds from the call until the action stood, the append to the log left out.
    """

    action: Any
    assigned: str
    served: str
    fallback_reason: Reason
    propensity: float
    decision_id: str
    latency: float


class Shadow(msgspec.Struct, frozen=True, kw_only=True):
    """What an arm that is only watched would have done."""

    action: Any
    reason: Reason
    latency: float


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One decision, as the log keeps it.

    Attributes
    ----------
    decision_id, decision, unit, salt : str
    at : float
        Seconds since 1970 by the wall clock, which may step; the log's order does not.
    assigned, served, fallback_reason : str
    arm_propensity : float
        How likely the unit was to be assigned so.
    action_propensity : float or None
        How likely the policy was to choose this action, as it said itself.
    action, features : object
        As JSON. Infinite and nan are null.
    features_reference : str
        Where the features are kept, if not here.
    model_hash : str
        SHA-256 of the served model's file, if there is one.
    latency : float
        Seconds.
    shadows : dict of arm to Shadow
    """

    decision_id: str
    decision: str
    unit: str
    at: float
    salt: str
    assigned: str
    served: str
    arm_propensity: float
    action: Any
    latency: float
    fallback_reason: str = ""
    action_propensity: float | None = None
    features: Any = None
    features_reference: str = ""
    model_hash: str = ""
    shadows: dict[str, Shadow] = {}


def _plain(value: object) -> object:
    """Return what JSON does not know as something that it knows."""
    for name in ("tolist", "item", "isoformat"):
        convert = getattr(value, name, None)
        if callable(convert):
            return convert()
    return str(value)


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)
_DECODER = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """Return a record as JSON; features that cannot be written are named, not lost silently."""
    try:
        return _ENCODER.encode(record)
    except (TypeError, ValueError, RecursionError) as error:
        note = f"features not kept: {type(error).__name__}"
        return _ENCODER.encode(
            msgspec.structs.replace(record, features=None, features_reference=note)
        )


def encode_outcome(outcome: Outcome) -> bytes:
    """Return an outcome as JSON; a propensity of nan is null."""
    return _ENCODER.encode(outcome)


def decode(payload: bytes) -> Record:
    """Return the record in a payload of the log."""
    return _DECODER.decode(payload)
