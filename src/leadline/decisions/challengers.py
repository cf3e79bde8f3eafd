"""Asking a model, and never letting it hurt: what it raises, returns or takes too long for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from leadline.decisions.actions import plain_scalar
from leadline.decisions.breaker import Breaker, BreakerRules
from leadline.decisions.isolated import Isolated, WorkerUnavailableError
from leadline.decisions.problems import Problems
from leadline.decisions.record import Choice, Reason

Policy = Callable[[dict[str, Any]], Any]
"""From features to an action, or to a `Choice` where the policy explores."""


class Attempt(NamedTuple):
    """What a challenger answered; the action counts only where there is no reason."""

    action: Any
    propensity: float | None
    reason: Reason


class Challenger:
    """A model that is asked within a budget, and left alone when it keeps failing."""

    def __init__(
        self,
        policy: Policy | Isolated,
        *,
        name: str,
        budget: float,
        is_allowed: Callable[[Any], bool],
        rules: BreakerRules,
        timer: Callable[[], float],
        problems: Problems,
    ) -> None:
        self.name = name
        if isinstance(policy, Isolated):
            self.isolated: Isolated | None = policy
            self.model_hash = policy.sha256
            self._ask: Callable[..., Any] = policy.ask
        else:
            self.isolated = None
            self.model_hash = _hash_of(policy)
            self._ask = policy
        self._budget = budget
        self._is_allowed = is_allowed
        self._breaker = Breaker(rules)
        self._timer = timer
        self._problems = problems

    def attempt(self, features: Mapping[str, Any], *, started: float) -> Attempt:
        """Ask the model; say why its answer cannot be given, if so.

        Parameters
        ----------
        features : mapping
            The model gets a copy, so that what it does to it reaches nobody else.
        started : float
            When the decision began, by the timer; the budget runs from there.
        """
        if self._breaker.is_open and not self._breaker.allows(started):
            return Attempt(None, None, "breaker_open")
        try:
            if self.isolated is None:
                answer = self._ask(dict(features))
            else:
                left = self._budget - (self._timer() - started)
                answer = self._ask(dict(features), timeout=left)
        except WorkerUnavailableError as error:
            self._breaker.release()
            if why := str(error):  # a process that only starts is no problem yet
                self._problems.say(
                    "worker_failed",
                    f"arm {self.name}: its process did not start, the rule answers: {why}",
                )
            return Attempt(None, None, "worker_unavailable")
        except TimeoutError:
            return self._failed("over_budget", f"no answer within {self._budget * 1000:g} ms")
        except (Exception, SystemExit) as error:  # noqa: BLE001 (a model may raise anything; the rule answers)
            return self._failed("raised", f"{type(error).__name__}: {error}")
        except BaseException:
            self._breaker.release()
            raise
        return self._judge(answer, started=started)

    def _judge(self, answer: Any, *, started: float) -> Attempt:
        propensity = None
        if type(answer) is Choice:
            answer, propensity = answer.action, answer.propensity
        try:
            action = plain_scalar(answer)
            is_allowed = self._is_allowed(action) and _is_propensity(propensity)
        except Exception:  # noqa: BLE001 (comparing an unknown object may raise anything)
            is_allowed = False
        if not is_allowed:
            return self._failed("bad_output", _described(answer))
        now = self._timer()
        if now - started > self._budget:
            return self._failed("over_budget", f"{(now - started) * 1000:.3g} ms")
        self._breaker.note(ok=True, now=now)
        return Attempt(action, propensity, "")

    def _failed(self, reason: Reason, what: str) -> Attempt:
        self._problems.say(reason, f"arm {self.name}: {what}; the rule answered")
        if self._breaker.note(ok=False, now=self._timer()):
            self._problems.say("breaker_opened", f"arm {self.name} is left alone for a while")
        return Attempt(None, None, reason)


def _described(answer: Any) -> str:
    """Return what is wrong with an answer; only a short word is quoted."""
    if isinstance(answer, str):
        return f"{answer[:40]!r} is no action that is allowed"
    return f"an answer of type {type(answer).__name__}"


def _is_propensity(value: Any) -> bool:
    return value is None or 0 < value <= 1


def _hash_of(policy: object) -> str:
    value = getattr(policy, "model_hash", "")
    return value if isinstance(value, str) else ""
