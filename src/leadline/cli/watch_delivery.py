"""How `leadline watch` sends what is new, and remembers that it did."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from leadline.errors import ConfigurationError, LeadlineError

if TYPE_CHECKING:
    from leadline.cli.watch_tasks import Task
    from leadline.library.watch_messages import Message


def failed(
    task: Task, error: LeadlineError, *, printed: list[dict[str, Any]], alone: bool
) -> Message:
    """Return what to send of a table that could not be read; the other models go on."""
    from leadline.library.watch_messages import unreadable

    message = unreadable(error, model=task.model, owner=task.owner, today=task.today)
    if not alone:
        printed.append(message.payload)
        click.echo(f"MONITOR FAILED  {task.model}: {error}", err=True)
    return message


def send(task: Task, message: Message | None, *, webhook: str | None, mail: str | None) -> int:
    """Deliver a message and return an exit code; only what was taken is kept as sent."""
    if message is None or not (webhook or mail):
        return 0
    from leadline.connectors.delivery import mail_server, post_json, send_mail
    from leadline.library.watch_messages import remember

    try:
        if webhook:
            post_json(webhook, message.payload)
        if mail:
            server = mail_server(os.environ)
            if server is None:
                raise ConfigurationError(
                    "--mail needs the address of a mail server in LEADLINE_SMTP_URL",
                    hint="LEADLINE_SMTP_URL=smtps://user:password@host:465, or smtp://host:587",
                )
            send_mail(server, to=mail, subject=message.subject, text=message.text)
    except LeadlineError as error:
        click.echo(f"leadline: not sent: {error}", err=True)
        return error.exit_code
    if task.state and message.names:
        remember(task.state, message, today=task.today)
    return 0
