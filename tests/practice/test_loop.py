"""Where a project stands is what sources show, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from leadline.practice.charter import Charter
from leadline.practice.loop import LoopFacts, Stage, held_back_by, loop_of

FRAMED = Charter(user="buyers", decision="which come first", metric="contacts")
WHOLE = replace(FRAMED, today="newest first", worthwhile="+1 %", must_not="slower pages")
CLOSED = LoopFacts(
    charter=WHOLE, baseline="rule", evaluation="evaluation/", diagnosis="d", green_light="plan",
    in_use="Dockerfile", measured="e", in_ledger="l", watched="alerts.yaml",
)  # fmt: skip


def test_nothing_known_stands_nowhere_and_is_held_back_by_its_frame() -> None:
    loop = loop_of(LoopFacts())
    assert [standing.stage for standing in loop] == list(Stage)
    assert not any(standing.stands for standing in loop)
    held = held_back_by(loop)
    assert held is not None
    assert held.stage is Stage.FRAME
    assert held.question.startswith("Who uses it")


def test_a_closed_loop_is_held_back_by_nothing() -> None:
    loop = loop_of(CLOSED)
    assert all(standing.stands for standing in loop)
    assert held_back_by(loop) is None
    assert loop[0].evidence == "charter.toml, all six lines"


def test_a_charter_frames_once_it_says_user_decision_and_metric() -> None:
    half = loop_of(LoopFacts(charter=replace(FRAMED, metric="")))
    assert not half[0].stands
    enough = loop_of(LoopFacts(charter=FRAMED))
    assert enough[0].evidence == "charter.toml, all but today, worthwhile, must_not"


def test_what_is_in_use_and_not_measured_is_held_back_there() -> None:
    facts = replace(CLOSED, measured="", diagnosis="", in_ledger="")
    held = held_back_by(loop_of(facts))
    assert held is not None
    assert held.stage is Stage.MEASURE
