"""A decision in front of users: the rule first, models as challengers, one record each."""

from __future__ import annotations

import asyncio
import inspect
import math
import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from leadline.decisions.actions import Allowed, checker, plain_scalar
from leadline.decisions.assignment import Split, unit_text
from leadline.decisions.breaker import BreakerRules
from leadline.decisions.challengers import Challenger, Policy
from leadline.decisions.ids import Ids
from leadline.decisions.isolated import Isolated
from leadline.decisions.kill_switch import KillSwitch
from leadline.decisions.log import DecisionLog
from leadline.decisions.problems import Problems
from leadline.decisions.record import Choice, Outcome, Reason, Record, Shadow, encode
from leadline.errors import ConnectorError, InputError

if TYPE_CHECKING:
    from leadline.connectors.experiments.plans import Plan

RULE = "rule"
"""The name of the rule's arm, unless a plan names its control otherwise."""

MODEL = "model"
"""The name of a single model's arm."""

P = TypeVar("P", Policy, Policy | Isolated)

Models = Policy | Isolated | Mapping[str, Policy | Isolated] | None


class Decision:
    """One choice that a product makes for a user, again and again.

    Attributes
    ----------
    name, rule_arm : str
    split : Split
    problems : Problems
    may_wait : bool
        Whether a decision may wait for another process or for the disk.

    Parameters
    ----------
    name : str
    rule : callable
        From features to an action, quick and without ML. It answers whenever the
        assigned arm cannot; what it raises itself reaches the caller.
    model : callable, Isolated, or dict of arm to either
        Challengers. A callable runs in this process and is only measured afterwards:
        give one that could hang as `Isolated`, which is killed at the end of the budget.
    shadow : the same
        Asked for every unit and logged, never served.
    plan : Plan or path, optional
        An experiment's plan, or its file: gives the salt, the weights and the name of the
        rule's arm.
    weights : dict of arm to weight, optional
        The rule's arm included; equal if not given.
    salt : str
        Names the experiment; the plan's or the decision's name if not given.
    ramp, holdout : float
        Shares of units that take part, and that never do, 0–1.
    kill_switch : path, optional
        While this file exists, everybody gets the rule.
    actions : type or collection, optional
        What may be given to users; anything but None and nan if not given.
    budget_ms : float
        Milliseconds from the call in which a model must have answered.
    log : DecisionLog or path, optional
        Where each decision is recorded. While it cannot be written the rule answers,
        so that no user meets a model that nobody measures.
    breaker : BreakerRules
    problems : Problems, optional
        Counts and tells what went wrong; the log's if not given.
    clock, timer : callable
        Seconds since 1970; seconds on a clock that does not step back.
    rng : random.Random, optional
        Draws the beginning of this process's decision ids.

    Raises
    ------
    InputError
        Arms, weights or shares that do not fit together.
    """

    def __init__(
        self,
        name: str,
        *,
        rule: Policy,
        model: Models = None,
        shadow: Models = None,
        plan: Plan | str | Path | None = None,
        weights: Mapping[str, float] | None = None,
        salt: str = "",
        ramp: float = 1.0,
        holdout: float = 0.0,
        kill_switch: str | Path | None = None,
        actions: Allowed = None,
        budget_ms: float = 50.0,
        log: DecisionLog | str | Path | None = None,
        breaker: BreakerRules | None = None,
        problems: Problems | None = None,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.perf_counter,
        rng: random.Random | None = None,
    ) -> None:
        if not name or not budget_ms > 0:
            raise InputError(f"needs a name and a budget above 0, got {name!r}, {budget_ms} ms")
        if isinstance(plan, str | Path):
            from leadline.connectors.experiments.plans import read_plan  # noqa: PLC0415

            plan = read_plan(plan)
        self.name = name
        self.rule_arm = (plan.control if plan else "") or RULE
        self._log = DecisionLog(log, clock=clock) if isinstance(log, str | Path) else log
        self.problems = problems or (self._log.problems if self._log else Problems())
        self._rule = _synchronous(rule, arm=self.rule_arm)
        self._clock = clock
        self._timer = timer
        self._new_id = Ids(rng)
        self._kill_switch = KillSwitch(kill_switch, timer=timer)
        is_allowed = checker(actions)

        def challengers(models: Models) -> dict[str, Challenger]:
            return {
                arm: Challenger(
                    _synchronous(policy, arm=arm),
                    name=arm,
                    budget=budget_ms / 1000,
                    is_allowed=is_allowed,
                    rules=breaker or BreakerRules(),
                    timer=timer,
                    problems=self.problems,
                )
                for arm, policy in _by_arm(models).items()
            }

        self._models = challengers(model)
        self._shadows = challengers(shadow)
        arms = [self.rule_arm, *self._models]
        self.split = Split(
            salt=salt or (plan.name if plan else name),
            weights=_weights(arms, weights or (plan.weights if plan else None)),
            ramp=ramp,
            holdout=holdout,
        )
        self._check_names(arms)
        self._propensities = self.split.propensities()
        self._assign = self.split.assign
        everybody = [*self._models.values(), *self._shadows.values()]
        self._isolated = [one.isolated for one in everybody if one.isolated is not None]
        self.may_wait = bool(self._isolated) or (self._log is not None and self._log.strict)

    def _check_names(self, arms: list[str]) -> None:
        doubled = set(arms) & set(self._shadows) | ({self.rule_arm} & set(self._models))
        if doubled:
            raise InputError(f"{', '.join(sorted(doubled))} names two arms; names are unique")

    def start(self) -> None:
        """Start the processes of isolated models and wait until they are warm.

        Without it they start with the first decision, and the rule answers meanwhile.
        """
        for isolated in self._isolated:
            isolated.start()

    def close(self) -> None:
        """End the processes of isolated models, and seal the log's segment."""
        for isolated in self._isolated:
            isolated.close()
        if self._log is not None:
            self._log.close()

    def kill(self) -> None:
        """Give everybody the rule from the next decision of this process on."""
        self._kill_switch.turn(on=True)

    def revive(self) -> None:
        """Take `kill` back; a kill switch's file still counts."""
        self._kill_switch.turn(on=False)

    def decide(
        self,
        unit: str | int,
        features: Mapping[str, Any],
        *,
        features_reference: str = "",
    ) -> Outcome:
        """Choose an action for a unit, record it, and return it.

        Parameters
        ----------
        unit : str or int
            The id that keeps its arm: a user, a session, an account.
        features : mapping
        features_reference : str
            Where the features are kept; given this, they are not put into the log.

        Raises
        ------
        InputError
            A unit that is neither text nor a whole number.
        ConnectorError
            A strict log could not be written.
        """
        started = self._timer()
        if type(unit) is not str or not unit:
            unit = unit_text(unit)
        assigned = self._assign(unit)
        challenger = self._models.get(assigned)
        reason: Reason = ""
        served = self.rule_arm
        if challenger is None:
            action, propensity = self._by_rule(features)
        else:
            action, propensity, reason = self._answer(challenger, features, started=started)
            served = self.rule_arm if reason else assigned
        shadows = self._ask_shadows(features) if self._shadows else {}
        arm_propensity = self._propensities[assigned]
        latency = max(self._timer() - started, 0.0)
        outcome = Outcome(
            action=action,
            assigned=assigned,
            served=served,
            fallback_reason=reason,
            propensity=math.nan if reason else arm_propensity * (propensity or 1.0),
            decision_id=self._new_id(),
            latency=latency,
        )
        if self._log is None:
            return outcome
        record = Record(
            decision_id=outcome.decision_id,
            decision=self.name,
            unit=unit,
            at=self._clock(),
            salt=self.split.salt,
            assigned=assigned,
            served=served,
            fallback_reason=reason,
            arm_propensity=arm_propensity,
            action_propensity=propensity,
            action=action,
            features=None if features_reference else features,
            features_reference=features_reference,
            model_hash="" if served == self.rule_arm else self._models[served].model_hash,
            latency=latency,
            shadows=shadows,
        )
        try:
            self._log.append(encode(record))
        except (OSError, ValueError, TypeError) as error:
            return self._without_log(self._log, outcome, features, error)
        return outcome

    async def adecide(
        self,
        unit: str | int,
        features: Mapping[str, Any],
        *,
        features_reference: str = "",
    ) -> Outcome:
        """Do what `decide` does without holding up the event loop.

        What may wait, for another process or for the disk, waits in a thread.
        """
        if self.may_wait:
            return await asyncio.to_thread(
                self.decide, unit, features, features_reference=features_reference
            )
        return self.decide(unit, features, features_reference=features_reference)

    def _answer(
        self, challenger: Challenger, features: Mapping[str, Any], *, started: float
    ) -> tuple[Any, float | None, Reason]:
        reason = self._forbidden(started)
        if not reason:
            attempt = challenger.attempt(features, started=started)
            if not attempt.reason:
                return attempt
            reason = attempt.reason
        action, propensity = self._by_rule(features)
        return action, propensity, reason

    def _forbidden(self, now: float) -> Reason:
        """Say why no model may answer now, if so."""
        if self._kill_switch.is_on(now):
            return "killed"
        if self._log is not None and self._log.is_down:
            return "log_failed"
        return ""

    def _by_rule(self, features: Mapping[str, Any]) -> tuple[Any, float | None]:
        answer = self._rule(features)  # type: ignore[arg-type]  # a rule that only reads may be given any mapping
        if type(answer) is Choice:
            return plain_scalar(answer.action), answer.propensity
        return plain_scalar(answer), None

    def _ask_shadows(self, features: Mapping[str, Any]) -> dict[str, Shadow]:
        shadows = {}
        for arm, challenger in self._shadows.items():
            started = self._timer()
            answer = challenger.attempt(features, started=started)
            shadows[arm] = Shadow(
                action=answer.action,
                reason=answer.reason,
                latency=max(self._timer() - started, 0.0),
            )
        return shadows

    def _without_log(
        self,
        log: DecisionLog,
        outcome: Outcome,
        features: Mapping[str, Any],
        error: Exception,
    ) -> Outcome:
        """Give the rule's answer: a model's that left no trace would spoil the experiment."""
        self.problems.say("log_failed", f"{log.folder}: {error}; the rule answers")
        if log.strict:
            raise ConnectorError(
                f"the decision could not be recorded in {log.folder}: {error}",
                permanent=False,
                hint="Free the disk or mend the folder's rights; a log that is not strict "
                "answers by the rule meanwhile.",
            ) from error
        action, served = outcome.action, outcome.served
        if served != self.rule_arm:
            action, _ = self._by_rule(features)
            served = self.rule_arm
        return Outcome(
            action=action,
            assigned=outcome.assigned,
            served=served,
            fallback_reason="log_failed",
            propensity=math.nan,
            decision_id=outcome.decision_id,
            latency=outcome.latency,
        )


def _by_arm(models: Models) -> dict[str, Policy | Isolated]:
    if models is None:
        return {}
    if isinstance(models, Mapping):
        return dict(models)
    return {MODEL: models}


def _weights(arms: list[str], given: Mapping[str, float] | None) -> Mapping[str, float]:
    if not given:
        return dict.fromkeys(arms, 1.0)
    if set(given) != set(arms):
        raise InputError(
            f"weights are for {', '.join(sorted(given))}; the arms are {', '.join(arms)}",
            hint="Give each arm a weight, the rule's too.",
        )
    return given


def _synchronous(policy: P, *, arm: str) -> P:
    if isinstance(policy, Isolated):
        return policy
    if not callable(policy):
        raise InputError(
            f"{arm} is a {type(policy).__name__}, not a function of features",
            hint="Wrap it: lambda features: model.predict(...)[0].",
        )
    if inspect.iscoroutinefunction(policy):
        raise InputError(
            f"{arm} is a coroutine function; rules and models are plain functions",
            hint="`adecide` does not block the event loop; let models run as Isolated.",
        )
    return policy
