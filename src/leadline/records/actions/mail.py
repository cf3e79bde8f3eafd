"""Mail to those who asked for it: that something waits, and where; never what it says.

A mail crosses servers that nobody here knows, and stays in mailboxes after a purge. So a
subject line says nothing but the day, and the text has counts and links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from leadline.errors import ConnectorError, LeadlineError
from leadline.practice.dates import long_date
from leadline.practice.mail import Every, is_due
from leadline.records import access
from leadline.records.access import Viewer, viewer_of
from leadline.records.actions.brief import todays_brief
from leadline.records.models import MailWish
from leadline.records.queries.waiting import waiting_for
from leadline.records.readers.words import counted

if TYPE_CHECKING:
    from leadline.workspace import Workspace

BRIEF, WAITING, SETTINGS = "/brief/", "/waiting/", "/settings/"
"""The pages that a mail leads to."""

TRYING_FOR = timedelta(minutes=10)
"""A run that began to send longer ago than this was killed; another may send."""

NEVER = "never"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One mail."""

    to: str
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """How sending went.

    Attributes
    ----------
    n_sent : int
        Mails that the server took.
    n_unsent : int
        Mails that are still due; the next run tries again.
    failures : tuple of str
        What the server said.
    """

    n_sent: int
    n_unsent: int
    failures: tuple[str, ...]


def wish_for_mail(address: str, *, every: str, at: datetime) -> None:
    """Keep how often somebody wants mail; for "never", that they ever did is forgotten."""
    if every == NEVER:
        MailWish.objects.filter(address=address).delete()
        return
    MailWish.objects.update_or_create(
        address=address, defaults={"every": Every(every), "at": at}
    )


def send_due_mail(
    workspace: Workspace,
    *,
    today: date,
    at: datetime,
    url: str,
    send: Callable[[Letter], None],
) -> Sent:
    """Send whatever mail is due today; a mail that was taken is never sent again.

    Parameters
    ----------
    workspace : Workspace
        Whose people.
    today : date
        The day of the mail.
    at : datetime
        Now, aware.
    url : str
        Where people open the pages, without a slash at its end.
    send : callable
        Gives one letter to the server, or raises. Only after a permanent `ConnectorError`,
        which speaks of one recipient, is another letter tried.
    """
    letters = list(due_letters(workspace, today=today, url=url))
    n_sent, n_unsent = 0, len(letters)
    failures: list[str] = []
    for wish, letter in letters:
        if not _claimed(wish, today=today, at=at):
            n_unsent -= 1  # another run sends it at this moment
            continue
        try:
            send(letter)
        except LeadlineError as error:
            MailWish.objects.filter(pk=wish.pk).update(trying_since=None)
            failures.append(str(error))
            if not (isinstance(error, ConnectorError) and error.permanent):
                break
        else:
            MailWish.objects.filter(pk=wish.pk).update(sent_on=today, trying_since=None)
            n_sent, n_unsent = n_sent + 1, n_unsent - 1
    return Sent(n_sent=n_sent, n_unsent=n_unsent, failures=tuple(dict.fromkeys(failures)))


def due_letters(
    workspace: Workspace, *, today: date, url: str
) -> Iterator[tuple[MailWish, Letter]]:
    """Yield the mail that is due today; whoever has nothing waiting gets none."""
    for wish in MailWish.objects.all():
        if not is_due(Every(wish.every), sent_on=wish.sent_on, today=today):
            continue
        viewer = viewer_of(workspace, wish.address, today=today)
        text = _text(workspace, viewer, today=today, url=url) if viewer else ""
        if text:
            subject = f"Leadline, {long_date(today)}"
            yield wish, Letter(to=wish.address, subject=subject, text=text)


def _text(workspace: Workspace, viewer: Viewer, *, today: date, url: str) -> str:
    parts = []
    if access.may_read(viewer, "brief") and (
        n_lines := len(todays_brief(workspace, today=today).lines)
    ):
        parts.append(f"Your brief has {counted(n_lines, 'line', 'lines')}.\n{url}{BRIEF}")
    if waiting := waiting_for(viewer, today=today):
        n_late = sum(one.is_late(today=today) for one in waiting)
        late = f", {n_late} of them late" if n_late else ""
        verb = "waits" if len(waiting) == 1 else "wait"
        things = counted(len(waiting), "thing", "things")
        parts.append(f"{things} {verb} for you{late}.\n{url}{WAITING}")
    if not parts:
        return ""
    parts.append(f"No more than that is in this mail. How often it comes: {url}{SETTINGS}")
    return "\n\n".join([f"Hello {viewer.name},", *parts]) + "\n"


def _claimed(wish: MailWish, *, today: date, at: datetime) -> bool:
    """Take a mail to send, of two runs only one; a claim of a killed run ends by itself."""
    free = Q(trying_since=None) | Q(trying_since__lt=at - TRYING_FOR)
    unsent = Q(sent_on=None) | Q(sent_on__lt=today)
    rows = MailWish.objects.filter(free & unsent, pk=wish.pk)
    return bool(rows.update(trying_since=at))
