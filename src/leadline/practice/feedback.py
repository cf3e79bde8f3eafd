"""The feedback embargo: first impressions wait until two people have worked together.

A new lead who corrects people in the first weeks judges by the cover. Drafts may be kept
from the first day; they come out once the embargo opens. Conduct is exempt: what is
unacceptable is said at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from leadline.errors import InputError
from leadline.findings import Citation

EMBARGO_DAYS = 90
DRAFTS_DAYS = 60

PRACTICE = Citation(
    text="No point in feedback before a quarter together, good or bad; 60 or 70 days may "
    "not be enough. Unacceptable conduct is the exception.",
    source="Interview with a head of data science, 41:10 and 44:17",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Embargo:
    """When feedback between a lead and a person begins, and why then.

    Attributes
    ----------
    together_since : date
        The day both were there: the later of the two beginnings.
    drafts_on : date
        From here on drafts are worth a second look.
    opens_on : date
        The first day for feedback.
    reason : str
        One sentence.
    """

    together_since: date
    drafts_on: date
    opens_on: date
    reason: str

    def allows(self, *, on: date, conduct: bool = False) -> bool:
        """Whether feedback may be given that day; conduct always may."""
        return conduct or on >= self.opens_on


def embargo(
    *, lead_since: date, person_since: date | None, days: int = EMBARGO_DAYS
) -> Embargo:
    """Return the embargo between a lead and one person.

    Parameters
    ----------
    lead_since : date
        The lead's first day with the team.
    person_since : date or None
        The person's first day; unknown counts as there before the lead.
    days : int
        Days together before feedback begins, 0 to switch the embargo off; 60 to 90 is
        usual.

    Raises
    ------
    InputError
        `days` is negative.
    """
    if days < 0:
        raise InputError(f"the feedback embargo is {days} days; 0 or more is needed")
    since = max(lead_since, person_since or lead_since)
    return Embargo(
        together_since=since,
        drafts_on=since + timedelta(days=min(DRAFTS_DAYS, days)),
        opens_on=since + timedelta(days=days),
        reason=f"You work together since {since}; feedback begins after {days} days. "
        "Conduct is exempt.",
    )
