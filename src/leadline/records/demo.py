"""The made-up team's records about people, so that its pages are alive. Nobody exists."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction

from leadline.practice.feedback_wording import Words
from leadline.practice.interviews import Question
from leadline.practice.leaving import handover
from leadline.practice.people import Person
from leadline.practice.pulse import STATEMENTS
from leadline.records.actions import (
    feedback,
    growth,
    hiring,
    leaving,
    one_on_ones,
    probation,
    pulse,
)
from leadline.records.queries.leaving import only_theirs
from leadline.records.queries.team import Team, team

if TYPE_CHECKING:
    from leadline.workspace import Workspace

DOMAIN = "harbour.example"
INES, MIRA, JONAS, CARMEN, NURIA, OTTO, PIET, SELMA, LUCA = (
    f"{name}@{DOMAIN}"
    for name in ("ines", "mira", "jonas", "carmen", "nuria", "otto", "piet", "selma", "luca")
)


class _Days:
    """Days and moments counted from the day the story has reached."""

    def __init__(self, today: date, zone: ZoneInfo) -> None:
        self.today, self.zone = today, zone

    def on(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def at(self, days: int, hour: int = 9) -> datetime:
        return datetime.combine(self.on(days), time(hour), tzinfo=self.zone)


@transaction.atomic
def fill_people(workspace: Workspace, *, today: date) -> None:
    """Write what the made-up people wrote in the last weeks.

    Parameters
    ----------
    workspace : Workspace
        The made-up team's, read once.
    today : date
        The day the story has reached.
    """
    days = _Days(today, ZoneInfo(workspace.configuration.lead.timezone))
    facts = team(workspace, today=today)
    _one_on_ones(days)
    _feedback(days)
    _growth(days)
    _hiring(days)
    _pulse(days)
    _leaving(workspace, facts, days)


def _one_on_ones(days: _Days) -> None:
    for about, by, text, ago in (
        (MIRA, MIRA, "Who answers for query_intent when I am away?", -6),
        (MIRA, INES, "The review format: what would you drop?", -4),
        (OTTO, OTTO, "The pager rota of the ad model", -3),
        (LUCA, LUCA, "Whom do I ask about the listing photos?", -2),
        (SELMA, INES, "How the first three months were", -5),
        (PIET, PIET, "What I still want to write down before I go", -8),
    ):
        one_on_ones.add_point(about, by=by, text=text, at=days.at(ago))
    for about, owner, text, ago, due in (
        (MIRA, INES, "Ask for a second on-call in ranking", -12, 2),
        (OTTO, OTTO, "Draw the ad model's data flow on one page", -10, 5),
        (LUCA, INES, "Introduce Luca to the catalogue team", -9, 1),
    ):
        one_on_ones.agree(
            about,
            by=INES,
            owner=owner,
            text=text,
            due_on=days.on(due),
            at=days.at(ago),
            lead=INES,
        )
    done = one_on_ones.agree(
        MIRA, by=MIRA, owner=MIRA, text="Send the notes of the incident", due_on=days.on(-4),
        at=days.at(-14), lead=INES,
    )  # fmt: skip
    one_on_ones.finish_action(done, by=MIRA, at=days.at(-5))
    one_on_ones.write_note(
        MIRA, by=INES, text="Ask how the move went. Offer the Friday off.", at=days.at(-6)
    )
    one_on_ones.write_note(
        LUCA, by=INES, text="Quiet in the big round, sharp in the small one.", at=days.at(-9)
    )
    one_on_ones.remind_me(
        by=INES, text="Ask HR about Selma's date before the evaluation", on=days.on(3),
        at=days.at(-2),
    )  # fmt: skip


def _feedback(days: _Days) -> None:
    for about, wish, form in (
        (MIRA, "yes", "spoken"),
        (OTTO, "ask me first", "written first"),
        (INES, "yes", "any"),
        (LUCA, "yes", "on a walk"),
    ):
        feedback.say_preference(about, wish=wish, form=form, at=days.at(-20))
    sideways = feedback.save_draft(
        OTTO, by=MIRA, at=days.at(-16),
        words=Words(
            situation="On Tuesday, when the geo index was rebuilt",
            behaviour="you posted the expected numbers before the job ran",
            impact="and I could see within a minute that two regions were missing",
            question="Would you do that for the ranking job, too?",
        ),
    )  # fmt: skip
    feedback.share_feedback(sideways, embargo=None, today=days.on(-16), at=days.at(-16))
    feedback.answer_feedback(
        sideways, by=OTTO, text="Gladly. It took me ten minutes; I add it to the template.",
        at=days.at(-14),
    )  # fmt: skip
    upward = feedback.save_draft(
        INES, by=NURIA, at=days.at(-7),
        words=Words(
            situation="In Monday's planning",
            behaviour="you decided the order before we had seen the costs",
            impact="and two of us planned the week around the wrong project",
            question="Could we see the list a day before?",
        ),
    )  # fmt: skip
    feedback.share_feedback(upward, embargo=None, today=days.on(-7), at=days.at(-7))
    feedback.save_draft(
        JONAS, by=INES, at=days.at(-3),
        words=Words(
            situation="In the hand-over of the listing model",
            behaviour="you had the rollback rehearsed",
            impact="",
            question="",
        ),
    )  # fmt: skip


def _growth(days: _Days) -> None:
    plan = growth.begin_plan(
        OTTO, by=INES, today=days.on(-30), at=days.at(-30), check_on=days.on(35),
        gap="Designing an experiment alone: the geo test needed two restarts.",
        sign="The next plan passes its review without a question on size or guardrails.",
    )  # fmt: skip
    growth.suggest_path(
        plan, by=INES, kind="course", text="Two evenings on power and peeking", at=days.at(-30)
    )
    chosen = growth.suggest_path(
        plan, by=OTTO, kind="mentor", text="Plan the next one beside Carmen", at=days.at(-29)
    )
    growth.choose_path(chosen, by=OTTO, at=days.at(-28))
    open_ = growth.begin_plan(
        LUCA, by=LUCA, today=days.on(-5), at=days.at(-5), check_on=days.on(60),
        gap="Reading query plans: the join of last week took me a day.",
        sign="A slow query is explained before somebody asks.",
    )  # fmt: skip
    growth.suggest_path(
        open_, by=INES, kind="hands-on", text="The slowest query of each week", at=days.at(-4)
    )
    growth.suggest_path(
        open_, by=INES, kind="mentor", text="An hour with Jonas", at=days.at(-4)
    )
    probation.check_in(
        SELMA, by=INES, on=days.on(-20), at=days.at(-20),
        went_well="The feature store moved in one week, and everybody knew where it stood.",
        would_help="An earlier word when a dependency is late.",
    )  # fmt: skip


KIT = (
    Question(
        text="Tell us of a model that worked offline and failed in front of users.",
        weak="Blames the users, or has none.",
        fair="Names one cause and what was learnt.",
        strong="Names how it was found, what it cost, and what is checked since.",
    ),
    Question(
        text="A metric drops by a tenth overnight. What do you look at first?",
        weak="Retrains the model.",
        fair="Looks at the data, then at the model.",
        strong="Asks what changed, bounds the harm, then narrows it down.",
    ),
)


def _hiring(days: _Days) -> None:
    kit = hiring.make_kit("ML engineer, ranking", KIT, by=INES, at=days.at(-25))
    running = hiring.add_candidate(
        kit, name="Candidate Heron", interviewers=[JONAS, CARMEN, INES], by=INES,
        today=days.on(-6), at=days.at(-6),
    )  # fmt: skip
    jonas = running.interviewers.get(address=JONAS)
    for question, heard in zip(
        kit.questions.all(),
        ("Offline gain came from a leak; found by a holdout, now a check.",
         "Asked what had been deployed, then split by country."),
        strict=True,
    ):  # fmt: skip
        hiring.write_answer(jonas, question, anchor=4, heard=heard, at=days.at(-4))
    hiring.submit(jonas, at=days.at(-4))


def _pulse(days: _Days) -> None:
    asked = (MIRA, JONAS, CARMEN, NURIA, OTTO, PIET, SELMA)
    first = pulse.launch_round(
        team=asked, by=INES, closes_on=days.on(-28), today=days.on(-35), at=days.at(-35)
    )
    for number, who in enumerate(asked[:6]):
        levels = {key: min(4, 2 + (number + place) % 3) for place, key in enumerate(STATEMENTS)}
        levels["decides"] = 1 + number % 2
        pulse.answer_round(first, by=[who], levels=levels, today=days.on(-32))
    pulse.release_rounds(today=days.on(-27))
    pulse.promise(
        first, by=INES, text="Planning: the list and its costs a day before",
        today=days.on(-25), at=days.at(-25),
    )  # fmt: skip
    running = pulse.launch_round(
        team=(*asked, LUCA), by=INES, closes_on=days.on(5), today=days.on(-2), at=days.at(-2)
    )
    answers = dict.fromkeys([*STATEMENTS, "confirms"], 3)
    pulse.answer_round(running, by=[CARMEN], levels=answers, today=days.on(-1))


def _leaving(workspace: Workspace, facts: Team, days: _Days) -> None:
    person: Person = next(one for one in facts.reports if one.key == PIET)
    found = only_theirs(workspace, facts, person, today=days.today)
    gone = leaving.begin_leaving(
        PIET, by=INES, told_on=days.on(-40), notice=None, last_on=person.ends_on,
        items=handover(found, kept=(), leaver=person.emails), at=days.at(-40),
    )  # fmt: skip
    leaving.add_item(
        gone, by=PIET, kind="duty", what="The Monday check of the ad spend", successor=OTTO,
        at=days.at(-8),
    )  # fmt: skip
