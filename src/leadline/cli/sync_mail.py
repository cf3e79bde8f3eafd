"""How `leadline sync` sends the mail that people asked for."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from leadline.workspace import Workspace


def send_mail_now(workspace: Workspace, *, today: date) -> bool:
    """Send what is due today and say on stderr how it went; whether all of it was sent."""
    from leadline.connectors.delivery import mail_server, send_mail
    from leadline.records.actions.mail import Letter, send_due_mail
    from leadline.records.models import MailWish
    from leadline.records.readers.words import counted
    from leadline.settings import pages_url

    if not (n_wishes := MailWish.objects.count()):
        return True
    server = mail_server(os.environ)
    if server is None:
        click.echo(
            f"leadline: {n_wishes} asked for mail, and LEADLINE_SMTP_URL names no server: "
            "none was sent.",
            err=True,
        )
        return True

    def send(letter: Letter) -> None:
        send_mail(server, to=letter.to, subject=letter.subject, text=letter.text)

    sent = send_due_mail(
        workspace,
        today=today,
        at=datetime.now(UTC),
        url=pages_url(),
        send=send,
    )
    if sent.n_sent:
        click.echo(f"Sent {counted(sent.n_sent, 'mail', 'mails')}.", err=True)
    for failure in sent.failures:
        click.echo(f"leadline: MAIL NOT SENT, {sent.n_unsent} to go: {failure}", err=True)
    return not sent.n_unsent
