"""The tables. Each row says who or what it came from, and when."""

from leadline.records.models.access import GuestLink, SignInLink
from leadline.records.models.answers import IdentityDecision, PlanChange, ProjectConfirmation
from leadline.records.models.briefs import Brief, BriefLine, Response
from leadline.records.models.feedback import Feedback, FeedbackPreference
from leadline.records.models.growth import (
    GrowthPath,
    GrowthPlan,
    ProbationCheckIn,
    ProbationExtension,
    ProbationOutcome,
)
from leadline.records.models.hiring import (
    Candidate,
    HiringDecision,
    InterviewAnswer,
    Interviewer,
    InterviewKit,
    InterviewQuestion,
)
from leadline.records.models.leaving import HandoverItem, Leaving
from leadline.records.models.one_on_ones import (
    AgendaPoint,
    AgreedAction,
    PrivateNote,
    Reminder,
    TalkCorrection,
)
from leadline.records.models.outside import CalendarFeed, MailWish
from leadline.records.models.people import Correction, Erasure, Person, RosterChange
from leadline.records.models.project_notes import (
    Assumption,
    AssumptionAnswer,
    Decision,
    DecisionReview,
    Idea,
    IdeaClosing,
)
from leadline.records.models.pulse import PulseCount, PulseInvitation, PulsePromise, PulseRound
from leadline.records.models.reads import SensitiveRead
from leadline.records.models.sources import Reading, Snapshot, Source
from leadline.records.models.typing import TypedInput

__all__ = [
    "AgendaPoint",
    "AgreedAction",
    "Assumption",
    "AssumptionAnswer",
    "Brief",
    "BriefLine",
    "CalendarFeed",
    "Candidate",
    "Correction",
    "Decision",
    "DecisionReview",
    "Erasure",
    "Feedback",
    "FeedbackPreference",
    "GrowthPath",
    "GrowthPlan",
    "GuestLink",
    "HandoverItem",
    "HiringDecision",
    "Idea",
    "IdeaClosing",
    "IdentityDecision",
    "InterviewAnswer",
    "InterviewKit",
    "InterviewQuestion",
    "Interviewer",
    "Leaving",
    "MailWish",
    "Person",
    "PlanChange",
    "PrivateNote",
    "ProbationCheckIn",
    "ProbationExtension",
    "ProbationOutcome",
    "ProjectConfirmation",
    "PulseCount",
    "PulseInvitation",
    "PulsePromise",
    "PulseRound",
    "Reading",
    "Reminder",
    "Response",
    "RosterChange",
    "SensitiveRead",
    "SignInLink",
    "Snapshot",
    "Source",
    "TalkCorrection",
    "TypedInput",
]
