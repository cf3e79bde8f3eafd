"""What is sent when something stands: failures always, alerts within the weekly budget."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from leadline.analysis.monitoring.alerts import Standing, within_budget
from leadline.connectors.monitoring.state import State
from leadline.errors import LeadlineError
from leadline.library.watch_result import Watch, name_of, sentence

BUDGET = 5
"""Alerts a week that are sent for a model; what exceeds it is listed."""

REMEMBERED = timedelta(days=30)
"""How long it is remembered that an alert was sent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """One message about a model.

    Attributes
    ----------
    payload : dict
        For a webhook, as plain values.
    subject, text : str
        For a mail.
    names : tuple of str
        The alerts that it sends, to be remembered.
    """

    payload: dict[str, Any]
    subject: str
    text: str
    names: tuple[str, ...] = ()


def message_of(watch: Watch, *, budget: int = BUDGET) -> Message | None:
    """Return what is to be sent, or None where nothing is new.

    The monitor's own failures are outside the budget, and sent each time.
    """
    named = {name_of(alert): alert for alert in watch.alerts}
    names = within_budget(list(named), sent=watch.sent, today=watch.today, budget=budget)
    if not names and not watch.failures:
        return None
    listed = [name for name in named if name not in names]
    payload = {
        "model": watch.model,
        "owner": watch.owner,
        "verdict": watch.verdict,
        "today": watch.today.isoformat(),
        "failures": [asdict(failure) for failure in watch.failures],
        "alerts": [_alert(named[name], name) for name in names],
        "listed": [_alert(named[name], name) for name in listed],
        "last_changes": list(watch.changes),
    }
    lines = [
        *(f"The monitor fails: {failure.sentence}." for failure in watch.failures),
        *(f"{sentence(named[name])}." for name in names),
        *(f"Last change before: {change}." for change in watch.changes),
    ]
    if listed:
        lines.append(
            f"Sent already, or over the budget of {budget} a week: {', '.join(listed)}."
        )
    return Message(
        payload=payload,
        subject=f"{watch.model}: {watch.verdict}",
        text="\n".join([*lines, f"Owner: {watch.owner or 'nobody is named'}."]) + "\n",
        names=names,
    )


def unreadable(error: LeadlineError, *, model: str, owner: str, today: date) -> Message:
    """Return the message that the monitor could not read what it watches."""
    failure = {"reason": "unreadable", "sentence": error.message, "days": 1.0}
    return Message(
        payload={
            "model": model,
            "owner": owner,
            "verdict": "monitor failed",
            "today": today.isoformat(),
            "failures": [failure],
            "alerts": [],
            "listed": [],
            "last_changes": [],
        },
        subject=f"{model}: monitor failed",
        text=f"The monitor fails: {error}\nOwner: {owner or 'nobody is named'}.\n",
    )


def remember(state: Path, message: Message, *, today: date) -> None:
    """Keep which alerts were sent, so that none is sent twice in a week."""
    kept = State.load(state)
    sent = {name: day for name, day in kept.sent.items() if today - day <= REMEMBERED}
    replace(kept, sent=sent | dict.fromkeys(message.names, today)).save(state)


def _alert(alert: Standing, name: str) -> dict[str, Any]:
    return {"name": name, "sentence": sentence(alert), "since": alert.since.isoformat()}
