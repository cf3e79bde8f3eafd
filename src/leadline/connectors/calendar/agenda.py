"""Whether an event's text says what the meeting is about, or only how to dial in."""

from __future__ import annotations

import re

MIN_WORDS = 3
"""Fewer words than this left after the dial-in text is no agenda."""

_DIAL_IN_BLOCKS = re.compile(
    r"(-::~:~::~:|_{10,}|\*~\*~\*~|─{6,}|-{20,}).*",
    re.DOTALL,
)
"""Google Meet, Teams, Outlook and Zoom put their text below a rule of this form."""

_DIAL_IN_LINES = re.compile(
    r"^.*(\+\d[\d ,-]{6,}|zoom\.us|meet\.google|teams\.microsoft|webex|whereby|gotomeet|"
    r"dial[- ]?in|"
    r"join (the |with |by |zoom |microsoft |a |your )*(meeting|video|google|phone)|"
    r"meeting id|passcode|password|one tap mobile|find (your )?local number|"
    r"is inviting you to a scheduled|view your event at|please do not edit this section|"
    r"learn more about meet|meeting options|phone conference id).*$",
    re.IGNORECASE | re.MULTILINE,
)
_DOCUMENT_LINK = re.compile(
    r"https?://(docs\.google|[\w.-]*(notion|confluence|atlassian|sharepoint|coda|miro|"
    r"hackmd|dropbox|figma|linear)\b)[^\s<>]*|https?://[^\s<>]*agenda[^\s<>]*",
    re.IGNORECASE,
)
_LINK_OR_MARKUP = re.compile(r"https?://\S+|<[^<>]*>|&\w+;")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LONGEST = 20_000


def has_agenda(text: str) -> bool:
    """Tell whether a description is more than dial-in data.

    Parameters
    ----------
    text : str
        DESCRIPTION or its HTML twin; any length, any content.

    Returns
    -------
    bool
        True for a link to a document, or at least `MIN_WORDS` words of its own.
    """
    own = _DIAL_IN_LINES.sub("", _DIAL_IN_BLOCKS.sub("", text[:_LONGEST]))
    if _DOCUMENT_LINK.search(own):
        return True
    return len(_LETTERS.findall(_LINK_OR_MARKUP.sub(" ", own))) >= MIN_WORDS
