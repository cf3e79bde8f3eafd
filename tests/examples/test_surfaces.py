"""The register says what each surface lacks, from evidence alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from examples.classifieds import ads, surfaces
from examples.classifieds.loop import PLANS
from examples.classifieds.surfaces import Surface
from leadline.connectors.experiments.plans import read_plan
from leadline.decisions import Decision

TODAY = date(2026, 11, 25)


def test_a_surface_has_what_there_is_evidence_for(tmp_path: Path) -> None:
    selling = Decision("ads", rule=ads.by_auction(ads.GEO_MATCH), log=tmp_path / "ads")
    plan = read_plan(PLANS / "ad-personal.toml")
    bare = Surface(name="home", log=tmp_path / "nothing")
    before = Surface(
        name="ads", decision=selling, log=tmp_path / "ads", plan=plan, two_sided=True
    )
    assert before.lacking == ("log",)
    features = {
        "log_bid": [0.0], "in_reach": [True], "distance": [1.0], "affinity": [0.1],
        "same_category": [0.0],
    }  # fmt: skip
    selling.decide(1, features)
    selling.close()
    after = Surface(
        name="ads", decision=selling, log=tmp_path / "ads", plan=plan, two_sided=True
    )
    assert after.lacking == ()
    assert bare.lacking == ("baseline", "log", "metric", "experiment")
    shown = surfaces.table([bare, after]).splitlines()
    assert "1 decisions" in shown[2]
    assert shown[1].split() == ["home", "–", "–", "–", "not", "needed", "–", "–"]


def test_a_two_sided_surface_needs_a_guardrail() -> None:
    one_sided = read_plan(PLANS / "rule-first.toml")
    assert "guardrail" in Surface(name="ads", plan=one_sided, two_sided=True).lacking
    assert "guardrail" not in Surface(name="home", plan=one_sided).lacking


def test_findings_name_the_most_basic_part_first_and_end_with_a_question() -> None:
    unlogged = Surface(name="ads", decision=Decision("ads", rule=len))
    finding, second = surfaces.findings([unlogged, Surface(name="home")], today=TODAY)
    assert (second.subject, second.rule) == ("surface:ads", "surface-lacks-log")
    assert finding.rule == "surface-lacks-baseline"
    assert finding.subject == "surface:home"
    assert (
        finding.sentence == "“home” has no baseline and no log and no metric and no experiment."
    )
    assert finding.question.endswith("?")
    assert finding.magnitude == 4
