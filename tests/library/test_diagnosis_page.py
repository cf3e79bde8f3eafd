"""The page of a diagnosis."""

from __future__ import annotations

import math
from html.parser import HTMLParser

import pytest

from leadline.analysis.diagnosis.result import Diagnosis, Measure, Rung
from leadline.library.diagnosis_notebook import for_notebook
from leadline.library.diagnosis_page import (
    full_sentence,
    gain_text,
    headline,
    measure_text,
    measured_text,
    metric_now,
    open_text,
    page,
    pvalue_text,
    rule_text,
    share_text,
)
from tests.made_diagnosis import finding, made_diagnosis

VOID = {"meta", "br", "img", "line", "path", "wbr"}


class Reader(HTMLParser):
    """Checks that tags close in order, and keeps what the page says."""

    def __init__(self):
        super().__init__()
        self.open, self.text, self.tags = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def read():
    reader = Reader()
    reader.feed(page(made_diagnosis()))
    assert reader.open == []
    return reader


def test_the_page_needs_nothing_from_anywhere(read):
    assert not {tag for tag, _ in read.tags} & {"script", "link", "iframe", "img"}
    for _, attributes in read.tags:
        for name in ("src", "href", "xlink:href"):
            assert attributes.get(name, "#").startswith("#")


def test_the_first_thing_to_do_stands_first(read):
    text = "".join(read.text)
    first = text.index("First: raise min_samples_leaf to 200")
    assert first < text.index("Ladder.") < text.index("Tried, and not worth it")
    for said in (
        "+0.12 [0.08, 0.16] log loss; +0.03 [0.02, 0.04] roc_auc; +250 per 1,000 decisions",
        "What it brings: log loss falls by 0.12 [0.08, 0.16] (29 % of the loss in test); "
        "roc_auc rises by 0.03 [0.02, 0.04]; +250 per 1,000 decisions; 80 % interval, measured"
        " on test rows.",  # oracle: 0.12 / 0.41
        "Not looked at: these tables cannot answer concept drift; 1 thing was not tried",
        "Ask: Why this model?",
        "plan is basic",
        "concept drift: label 200 production rows",
        "the learning curve: no time was left",
        "What would you look at by hand?",
        "metric roc_auc 0.8 in test",
        "Loss 0.01 in training, 0.41 held out.",
    ):
        assert said in text


def test_a_gain_is_a_share_of_the_loss_only_where_it_is_one():
    told = made_diagnosis()
    assert (
        share_text(told, finding("concept_drift", "confirmed", measured_on="production")) == ""
    )
    assert share_text(told, finding("imbalance", "confirmed", unit="payoff per decision")) == ""
    assert share_text(told, finding("leakage", "blocker", gain=-0.2)) == ""


def test_every_picture_comes_wide_and_narrow_with_its_table(read):
    classes = [attributes.get("class") for _, attributes in read.tags]
    assert classes.count("wide") == classes.count("narrow") == 5
    # the table of gains is the table of findings below it
    assert sum(tag == "details" for tag, _ in read.tags) == 4


def test_names_of_models_and_columns_cannot_break_the_page(read):
    text = "".join(read.text)
    assert "DecisionTree<Classifier>" in text
    assert "days_<since>" in text
    assert "a <forest>" in text


def test_blockers_come_before_everything_else():
    leak = finding("leakage", "blocker", remedy="take 'status' out", gain=-0.2)
    html = page(
        made_diagnosis(verdict="leakage", findings=(leak, finding("overfitting", "confirmed")))
    )
    assert '<section class="first blocker">' in html
    assert html.count("<section") == 1


def test_a_page_of_nothing_says_so():
    html = page(
        made_diagnosis(
            verdict="healthy", findings=(), tried=(), ladder=(), learning_curve=(),
            calibration=(), shift=(), segments=(), questions=(), unanswered={}, skipped=(),
        )
    )  # fmt: skip
    assert "Nothing was found." in html
    assert "<svg" not in html


def test_a_notebook_shows_the_page_in_a_frame_of_its_own():
    plain = made_diagnosis()
    shown = for_notebook(plain)
    assert shown.to_dict() == plain.to_dict()
    assert isinstance(shown, Diagnosis)
    reader = Reader()
    reader.feed(shown._repr_html_())
    ((tag, attributes),) = reader.tags
    assert tag == "iframe"
    assert attributes["srcdoc"] == page(plain)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        ("healthy", "Nothing that was tried makes M better"),
        ("undecidable", "cannot say what holds M back"),
        ("label_noise", "Label noise holds M back most."),
    ],
)
def test_the_headline_is_the_verdict_in_a_sentence(verdict, said):
    assert said in headline(made_diagnosis(verdict=verdict, model="M"))


def test_a_blocker_is_said_as_what_the_score_owes_and_comes_before_all_gains():
    leak = finding("leakage", "blocker", gain=-0.3, gain_lower=-0.4, gain_upper=-0.2)
    assert gain_text(leak) == "the honest log loss is worse by 0.3 [0.2, 0.4]"
    both = finding(
        "leakage", "blocker", gain=-0.3, gain_lower=-0.4, gain_upper=-0.2, metric="roc_auc",
        metric_gain=-0.2, metric_gain_lower=-0.3, metric_gain_upper=-0.1,
    )  # fmt: skip
    assert gain_text(both).endswith("0.3 [0.2, 0.4], the honest roc_auc by 0.2 [0.1, 0.3]")
    diagnosis = made_diagnosis(
        verdict="leakage", model="M", findings=(leak, finding("imbalance", "confirmed"))
    )
    assert headline(diagnosis) == "The score of M is not what it seems: leakage."
    html = page(diagnosis)
    assert html.index("the honest log loss") < html.index("diagnose again")
    assert 'data-of="remedy"' in html  # where a cell stands alone, it says what it is
    assert html.count("First: ") == 1


def test_a_metric_that_is_the_loss_is_said_once():
    same = finding("overfitting", "confirmed", unit="normalised entropy",
                   metric="normalised_entropy", metric_gain=0.12)  # fmt: skip
    assert gain_text(same).count("0.12") == 1


def test_a_measure_is_a_row_with_its_interval():
    plain = {"name": "MRR", "value": 0.5, "n_units": 70, "sentence": "first <place>"}
    measure = Measure(**plain, lower=0.4, upper=0.6)
    html = page(made_diagnosis(measures=(measure,)))
    assert "0.5 [0.4, 0.6]" in html
    assert "first &lt;place&gt;" in html
    assert measure_text(Measure(**plain, lower=math.nan, upper=math.nan)) == "0.5"


def test_a_gain_without_bounds_or_number_is_said_to_be_one():
    assert gain_text(finding("leakage", "blocker", gain=math.nan)) == "not measurable here"
    alone = finding("leakage", "blocker", gain_lower=math.nan)
    assert gain_text(alone) == "+0.12 log loss"


def test_what_a_remedy_brings_is_said_in_words():
    told = made_diagnosis(unit="squared error", ladder=())
    money = finding(
        "underfitting", "confirmed", unit="squared error", gain=6.5e8, gain_lower=5e8,
        gain_upper=8e8, metric="mae", metric_gain=5558.0, metric_gain_lower=4996.0,
        metric_gain_upper=6121.0,
    )  # fmt: skip
    assert measured_text(told, money) == (
        "What it brings: mae falls by 5,558 [4,996, 6,121]; squared error falls by 650 million"
        " [500 million, 800 million]; 80 % interval, measured on test rows."
    )
    most = finding(
        "healthy", "healthy", metric="neg_log_loss", metric_gain=-0.1, metric_gain_lower=-0.2,
        metric_gain_upper=0.0,
    )  # fmt: skip
    assert measured_text(made_diagnosis(), most) == (
        "The most that any remedy was seen to bring (against overfitting): log loss falls by"
        " 0.12 [0.08, 0.16] (29 % of the loss in test); neg_log_loss falls by 0.1 [0, 0.2];"
        " 80 % interval, measured on test rows."
    )
    none = finding("undecidable", "undecidable", gain=-0.02)
    assert measured_text(made_diagnosis(), none) == "Nothing that was tried brings anything."
    alone = finding("imbalance", "confirmed", unit="payoff per decision", gain_lower=math.nan)
    assert measured_text(made_diagnosis(), alone) == (
        "What it brings: +0.12 payoff per decision; measured on test rows."
    )
    leak = finding("leakage", "blocker", gain=-0.3, gain_lower=-0.4, gain_upper=-0.2)
    assert measured_text(made_diagnosis(), leak).startswith("Without it the honest log loss")
    unknown = finding("label_shift", "confirmed", gain=math.nan)
    assert measured_text(made_diagnosis(), unknown) == "What it brings is not measurable here."
    assert measured_text(made_diagnosis(), finding("undecidable", "", gain=math.nan)) == ""


def test_what_was_not_looked_at_is_said_at_once_or_not_at_all():
    several = made_diagnosis(unanswered={}, skipped=("one", "two"))
    assert open_text(several) == "Not looked at: 2 things were not tried (see the end)."
    assert open_text(made_diagnosis(unanswered={}, skipped=())) == ""


def test_a_verdict_that_names_itself_is_written_once():
    html = page(made_diagnosis(verdict="healthy", findings=(finding("healthy", "healthy"),)))
    assert ">healthy</td>" in html
    assert "The threshold for deciding holds M back most" in headline(
        made_diagnosis(verdict="imbalance", model="M")
    )
    assert headline(made_diagnosis(verdict="data_quality", model="M")) == (
        "M is given broken data (data quality)."
    )


def test_the_best_rule_is_told_beside_the_ladder():
    rule = Rung(name="rule", loss=0.45, metric=0.7, n_rows=300, note="if days > 30 → 80 %")
    told = made_diagnosis(ladder=(rule,))
    assert rule_text(told) == "The rule: if days > 30 → 80 %."
    assert "The rule: if days &gt; 30 → 80 %." in page(told)
    test = Rung(name="test", loss=0.36, metric=0.8, n_rows=300)
    # oracle: (0.45 − 0.36) / 0.45
    assert rule_text(made_diagnosis(ladder=(rule, test))).endswith(
        "loss is 20 % below the rule's."
    )
    assert rule_text(made_diagnosis()) == ""
    assert metric_now(told) == "metric roc_auc"


def test_what_was_seen_is_a_sentence_and_a_tiny_p_is_not_spelled_out():
    assert full_sentence("a column broke") == "A column broke."
    assert full_sentence("Is it?") == "Is it?"
    assert full_sentence("") == ""
    assert pvalue_text(3.8e-98) == "< 0.001"
    assert pvalue_text(0.0076) == "0.008"


def test_where_a_gain_was_measured_is_said_in_words():
    folds = finding(
        "not_enough_data", "confirmed", measured_on="test and folds of training rows"
    )
    told = measured_text(made_diagnosis(), folds)
    assert told.endswith("measured on test rows and folds of the training rows.")
