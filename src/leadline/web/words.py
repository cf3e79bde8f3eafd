"""Words that rules and records write and pages show, marked so that they can be translated.

Below the pages nothing knows of languages: a state is "dormant" in the database, on the
command line and in JSON. `word` turns such a word into the reader's. What whole sentences of
findings, readouts and drafts say stays English: they are the same in every tool.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_noop as _

from leadline.findings import LEAD, TEAM

READERS = {
    _("everyone on the team"), _("lead"), _("other interviewers, once theirs are in"),
    _("team"), _("the lead"), _("the lead's lead"), _("the lead, once all are in"),
    _("the people partner"), _("the person it is about"), _("the report"),
    _("who interviews the candidate"),
    _("who takes it over"), _("who takes something over"), _("who wrote it"),
    _("nobody"), _("whoever was given a link to it"),
    _("you alone"), _("you alone, until you share it"),
}  # fmt: skip
STATES = {
    _("active"), _("dormant"), _("in production"),
    _("frame"), _("baseline"), _("evaluate"), _("diagnose"), _("green light"), _("decide"),
    _("measure"), _("ledger"), _("watch"),
    _("held"), _("moved"), _("skipped"),
    _("quiet"), _("alert"), _("monitor failed"),
    _("ship"), _("stop"), _("extend"), _("cannot tell"),
    _("dismissed"), _("snoozed"), _("wrong"),
    _("confirmed"), _("refuted"), _("tried"), _("dropped"),
    _("passed"), _("ended"), _("offer"), _("no offer"), _("withdrew"),
}  # fmt: skip
CHOICES = {
    _("course"), _("hands-on"), _("mentor"), _("mix"),
    _("area"), _("model"), _("duty"),
    _("a guess"), _("likely"), _("quite sure"),
    _("easily"), _("with effort"), _("hardly"),
    _("yes"), _("ask me first"), _("not now"),
    _("spoken"), _("written first"), _("on a walk"), _("any"),
    _("days"), _("weeks"), _("months"),
    _("any day"), _("15th or end of month"), _("end of month"), _("end of quarter"),
    _("disagree"), _("rather disagree"), _("neither"), _("rather agree"), _("agree"),
}  # fmt: skip
CHARTER = {
    _("user"), _("decision"), _("today"), _("metric"), _("worthwhile"), _("must not"),
    _("User"), _("Decision"), _("Today"), _("Metric"), _("Worthwhile"), _("Must not"),
    _("who benefits, other than the team"),
    _("what is decided for them, or helps them to decide"),
    _("how it is handled today, without the project"),
    _("the number that tells whether it helps"), _("the smallest gain that is worth the work"),
    _("what must not happen on the way"),
}  # fmt: skip
PULSE = {
    _("I know what is expected of my work in the next weeks."),
    _("I get my lead's time when I need it."),
    _("I can say that something went wrong, early and without fear."),
    _("We get a decision when we need one."),
    _("What I said in the last months changed something."),
}
KINDS = {
    _("action"), _("handover"), _("feedback to answer"), _("feedback to come back to"),
    _("choice of a path"), _("experiment to decide"), _("interview notes"), _("pulse"),
    _("reminder"),
    _("Five statements about the lead"),
    _("roster"), _("roster history"), _("correction"), _("calendar"),
    _("who is who on commits"), _("note"), _("note on a project"), _("git"), _("brief"),
    _("answer to a brief"),
    _("agenda point"), _("agreed action"), _("one-on-one put right"), _("private note"),
    _("wish for mail"), _("calendar feed"), _("wish about feedback"), _("feedback"),
    _("development plan"), _("suggested path"), _("probation check-in"),
    _("probation extension"), _("probation outcome"), _("interview kit"), _("candidate"),
    _("interview"), _("hiring decision"), _("leaving"), _("pulse round"),
    _("pulse invitation"), _("promise after a pulse"), _("read by somebody else"),
    _("assumption"), _("answer to an assumption"), _("idea"), _("end of an idea"),
    _("second look at a decision"),
    _("sign-in link"), _("guest link"), _("session"), _("account"), _("passkey or codes"),
    _("single sign-on"), _("secret of single sign-on"), _("address for signing in"),
    _("confirmation of an address"), _("page about you"),
    _("one-on-one"), _("development and probation"),
    _("people file"), _("experiments"), _("diagnosis"), _("predictions"),
    _("project"), _("experiment"), _("person"),
    _("order"), _("trait"), _("no example"), _("no question"),
}  # fmt: skip

WORDS = READERS | STATES | CHOICES | CHARTER | PULSE | KINDS

OF_FINDINGS = {LEAD: "the lead", TEAM: "everyone on the team"}
"""How readers of findings are called where those of records stand beside them."""

_READER = re.compile(r"(.+) \((.+)\)")


def word(value: object) -> str:
    """Return a word in the reader's language; one that is not known here as it is."""
    text = str(value)
    return gettext(text) if text in WORDS else text


def reader_in_words(reader: str) -> str:
    """Return one entry of a list of readers in the reader's language: "mira@… (you alone)"."""
    reader = OF_FINDINGS.get(reader, reader)
    found = _READER.fullmatch(reader)
    return f"{found[1]} ({word(found[2])})" if found else word(reader)


def choices_in_words(values: Iterable[object]) -> list[tuple[str, Any]]:
    """Return values as the choices of a form, each with its word, looked up when shown."""
    return [(str(one), gettext_lazy(str(one))) for one in values]
