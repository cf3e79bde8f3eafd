"""Agenda or dial-in text; each text is decided by hand."""

from __future__ import annotations

import time

import pytest

from leadline.connectors.calendar.agenda import has_agenda

MEET = """-::~:~::~:~:~:~:~:~::~:~::-
Join with Google Meet: https://meet.google.com/abc-defg-hij
Or dial: (US) +1 218-301-2841 PIN: 123#
Learn more about Meet at: https://support.google.com/a/users/answer/9282720
Please do not edit this section.
-::~:~::~:~:~:~:~:~::~:~::-"""
TEAMS = """________________________________________________________________________________
Microsoft Teams meeting
Join on your computer, mobile app or room device
Click here to join the meeting<https://teams.microsoft.com/l/meetup-join/19>
Meeting ID: 123 456 789
Passcode: abCdeF
"""
ZOOM = """Alex is inviting you to a scheduled Zoom meeting.
Join Zoom Meeting
https://us02web.zoom.us/j/8123456
Meeting ID: 812 345 6789
Passcode: 12345
One tap mobile
+1646558,,8123456# US (New York)
"""


@pytest.mark.parametrize("text", ["", " \n", "tbd", "https://example.com", MEET, TEAMS, ZOOM])
def test_dial_in_data_is_no_agenda(text: str) -> None:
    assert not has_agenda(text)


@pytest.mark.parametrize(
    "text",
    [
        "1. Decide the ranking metric\n2. Who owns the backfill",
        "Decide: launch or stop\n\n" + MEET,
        "What changed since last week\n" + TEAMS,
        "<p>Decide the <b>metric</b> today</p>",
        "https://docs.google.com/document/d/abc",
        "https://example.atlassian.net/wiki/x",
        "https://wiki.example.com/agenda/2026",
    ],
)
def test_own_words_or_a_document_are_one(text: str) -> None:
    assert has_agenda(text)


def test_a_long_hostile_text_is_quickly_read() -> None:
    began = time.process_time()  # a quadratic reading would take minutes
    for text in ("join " * 100_000, "<" * 200_000, "&" * 200_000, "https://" * 50_000):
        has_agenda(text)
    assert time.process_time() - began < 20
