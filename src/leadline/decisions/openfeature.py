"""An OpenFeature provider: decisions and flags behind the vendor-neutral API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openfeature.evaluation_context import EvaluationContext
from openfeature.exception import ErrorCode
from openfeature.flag_evaluation import FlagResolutionDetails, Reason
from openfeature.provider import AbstractProvider, Metadata

from leadline.decisions.assignment import Split
from leadline.decisions.decision import Decision
from leadline.decisions.problems import Problems
from leadline.errors import InputError


@dataclass(frozen=True, kw_only=True, slots=True)
class Flag:
    """A value for each arm: assigned by hash, nothing asked and nothing recorded.

    Attributes
    ----------
    split : Split
    values : dict of arm to value
    otherwise : object
        The value of units that are held out, or that the ramp has not reached.
    """

    split: Split
    values: Mapping[str, Any]
    otherwise: Any

    def __post_init__(self) -> None:
        if set(self.values) != set(self.split.weights):
            raise InputError(
                f"values are for {', '.join(self.values)}; the arms are "
                f"{', '.join(self.split.weights)}",
                hint="Give each arm a value.",
            )

    def value(self, unit: str) -> Any:
        """Return the unit's value."""
        return self.values.get(self.split.assign(unit), self.otherwise)


_NAMED = Metadata(name="leadline")


class DecisionProvider(AbstractProvider):
    """Answers flags of OpenFeature by decisions and flags of these names.

    Parameters
    ----------
    flags : dict of key to Decision or Flag
        The targeting key is the unit, the context's attributes are the features. A
        decision is recorded in its log; its id is in the flag's metadata, so that
        outcomes can be joined.
    problems : Problems, optional
        Hears, now and then, of flags that could not be answered.
    """

    def __init__(
        self, flags: Mapping[str, Decision | Flag], *, problems: Problems | None = None
    ) -> None:
        super().__init__()
        self._flags = dict(flags)
        self._problems = problems or Problems()

    def get_metadata(self) -> Metadata:
        """Return the provider's name."""
        return _NAMED

    def shutdown(self) -> None:
        """Seal the logs and end the processes of isolated models."""
        for flag in self._flags.values():
            if isinstance(flag, Decision):
                flag.close()

    def _resolve(
        self, key: str, default: Any, context: EvaluationContext | None, kinds: tuple[type, ...]
    ) -> FlagResolutionDetails[Any]:
        flag = self._flags.get(key)
        if flag is None:
            return self._refused(key, default, ErrorCode.FLAG_NOT_FOUND, "no such flag")
        unit = context.targeting_key if context else None
        if not unit or context is None:
            return self._refused(key, default, ErrorCode.TARGETING_KEY_MISSING, "no unit")
        try:
            found = (
                _of_flag(flag, unit)
                if isinstance(flag, Flag)
                else _of_decision(flag, unit, context.attributes)
            )
        except Exception as error:  # noqa: BLE001 (raised further, it costs a stack trace a call)
            return self._refused(
                key, default, ErrorCode.GENERAL, f"{type(error).__name__}: {error}"
            )
        value = found.value
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            what = f"the value is a {type(value).__name__}"
            return self._refused(key, default, ErrorCode.TYPE_MISMATCH, what)
        return found

    def _refused(
        self, key: str, default: Any, code: ErrorCode, what: str
    ) -> FlagResolutionDetails[Any]:
        self._problems.say("flag_failed", f"{key}: {what}; the default was given")
        return FlagResolutionDetails(
            value=default, reason=Reason.ERROR, error_code=code, error_message=f"{key}: {what}"
        )

    def resolve_boolean_details(
        self,
        flag_key: str,
        default_value: bool,  # noqa: FBT001 (OpenFeature's own signature)
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[bool]:
        """Return a flag that is true or false."""
        return self._resolve(flag_key, default_value, evaluation_context, (bool,))

    def resolve_string_details(
        self,
        flag_key: str,
        default_value: str,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[str]:
        """Return a text."""
        return self._resolve(flag_key, default_value, evaluation_context, (str,))

    def resolve_integer_details(
        self,
        flag_key: str,
        default_value: int,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[int]:
        """Return a whole number."""
        return self._resolve(flag_key, default_value, evaluation_context, (int,))

    def resolve_float_details(
        self,
        flag_key: str,
        default_value: float,
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[float]:
        """Return a number."""
        found = self._resolve(flag_key, default_value, evaluation_context, (float, int))
        found.value = float(found.value)  # the client refuses a whole number
        return found

    def resolve_object_details(
        self,
        flag_key: str,
        default_value: Sequence[Any] | Mapping[str, Any],
        evaluation_context: EvaluationContext | None = None,
    ) -> FlagResolutionDetails[Any]:
        """Return a list or an object."""
        return self._resolve(flag_key, default_value, evaluation_context, (list, tuple, dict))


def _of_flag(flag: Flag, unit: str) -> FlagResolutionDetails[Any]:
    arm = flag.split.assign(unit)
    return FlagResolutionDetails(
        value=flag.values.get(arm, flag.otherwise), variant=arm, reason=Reason.SPLIT
    )


def _of_decision(
    decision: Decision, unit: str, features: Mapping[str, Any]
) -> FlagResolutionDetails[Any]:
    outcome = decision.decide(unit, features)
    return FlagResolutionDetails(
        value=outcome.action,
        variant=outcome.served,
        reason=Reason.DEFAULT if outcome.fallback_reason else Reason.SPLIT,
        flag_metadata={
            "decision_id": outcome.decision_id,
            "assigned": outcome.assigned,
            "fallback_reason": outcome.fallback_reason,
        },
    )
