"""A diagnosis as one HTML page that needs nothing else: no script, no network."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from html import escape
from itertools import zip_longest
from typing import TYPE_CHECKING

from leadline.analysis.baseline.wording import number, share, signed
from leadline.analysis.diagnosis.result import in_words
from leadline.analysis.problem.metrics import LOWER_IS_BETTER
from leadline.charts.diagnosis import PHONE_WIDTH, SQUARED, pictures
from leadline.charts.drawing import DARK, LIGHT, THEMED, Palette, to_svg

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leadline.analysis.diagnosis.result import CauseFinding, Diagnosis, Measure


def _colours(palette: Palette) -> str:
    """Write a palette as the properties that `THEMED` names."""
    return (
        f"--ink: {palette.ink}; --muted: {palette.muted}; --line: {palette.grid};"
        f" --first: {palette.first}; --second: {palette.second}; --rest: {palette.rest};"
    )


COLOURS = f"""
:root {{ color-scheme: light dark; {_colours(LIGHT)}
  --ground: #ffffff; --raised: #f3f6f9; --bad: #a8200d; }}
@media (prefers-color-scheme: dark) {{ :root {{ {_colours(DARK)}
  --ground: #15191e; --raised: #1e242b; --bad: #ff8b7a; }} }}
"""

STYLE = """
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; color: var(--ink);
  background: var(--ground); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem }
.facts, figcaption, .small { color: var(--muted); font-size: .875rem }
.first { border-left: 4px solid var(--first); background: var(--raised);
  padding: .75rem 1rem; margin: 1rem 0 }
.first p { margin: .25rem 0 } .first p:first-child { font-size: 1.15rem }
.blocker { border-color: var(--bad) } .open { margin: -.25rem 0 1rem }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem .4rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: break-word }
td.name { white-space: nowrap } td.name small { display: block; color: var(--muted) }
th { color: var(--muted); font-weight: 500 }
td.number, th.number { text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; padding-right: 1rem }
figure { margin: 1rem 0 } svg { max-width: 100%; height: auto } .narrow { display: none }
details { margin: .25rem 0 1rem } summary { color: var(--muted); font-size: .875rem }
.pair { display: grid; gap: 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)) }
@media (max-width: 44rem) { body { padding: 1.25rem .75rem 3rem }
  .wide { display: none } .narrow { display: block } thead { display: none }
  ul { padding-left: 1.1rem }
  tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line) }
  td, td.number, td.name { display: block; padding: .15rem 0; border: 0; text-align: left;
    white-space: normal; overflow-wrap: anywhere }
  td.name small { display: inline }
  td::before { content: attr(data-of) ": "; color: var(--muted) } }
"""

PLACES = {
    "test and folds of training rows": "test rows and folds of the training rows",
    "test, weighed": "test rows, weighed to the new shares of classes",
}
"""Where a gain was measured, as a reader says it."""

CAPTIONS = {
    "ladder": "From a guess that is the same for every row to what is within reach.",
    "gains": "What each remedy buys, with its 80 % interval; dashed: the least that counts.",
    "learning curve": "Would more rows help? Whiskers are one standard error.",
    "calibration": "What was predicted against what came; dashed: the same.",
    "shift": "Only a column that moved and that the model uses matters: the upper right.",
}


def page(diagnosis: Diagnosis) -> str:
    """Return a whole HTML document.

    Parameters
    ----------
    diagnosis : Diagnosis
        What `leadline.diagnose` returned.

    Returns
    -------
    str
        Light and dark follow the reader's own setting; every picture has its table.
    """
    title = f"What holds {diagnosis.model} back: {in_words(diagnosis.verdict)}"
    return (
        "<!doctype html>\n"
        f'<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{COLOURS}{STYLE}</style></head><body>{body(diagnosis)}</body></html>\n"
    )


def body(diagnosis: Diagnosis) -> str:
    """Return what stands in the page, for a notebook's cell."""
    drawn = _figures(diagnosis)
    parts = [
        _head(diagnosis),
        _first(diagnosis),
        _open(diagnosis),
        drawn.get("ladder", ""),
        "<h2>What was found, and what each remedy buys</h2>",
        drawn.get("gains", ""),
        _findings(diagnosis.findings, diagnosis),
        '<div class="pair">',
        drawn.get("learning curve", ""),
        drawn.get("calibration", ""),
        "</div>",
        drawn.get("shift", ""),
        _measures(diagnosis),
        _segments(diagnosis),
        _tried(diagnosis),
        _list("Ten minutes of questions", diagnosis.questions),
        _list(
            "What these tables cannot answer, and what would",
            [f"{in_words(cause)}: {how}" for cause, how in diagnosis.unanswered.items()],
        ),
        _list("Not tried", diagnosis.skipped),
    ]
    return "".join(parts)


def headline(diagnosis: Diagnosis) -> str:
    """Return the verdict in one sentence."""
    if diagnosis.verdict == "healthy":
        return f"Nothing that was tried makes {diagnosis.model} better by more than counts."
    if diagnosis.verdict == "undecidable":
        return f"These tables cannot say what holds {diagnosis.model} back."
    cause = in_words(diagnosis.verdict)
    if diagnosis.verdict == "data_quality":
        return f"{diagnosis.model} is given broken data (data quality)."
    if diagnosis.verdict == "imbalance":
        return f"The threshold for deciding holds {diagnosis.model} back most (imbalance)."
    if any(f.verdict == "blocker" for f in diagnosis.findings):
        return f"The score of {diagnosis.model} is not what it seems: {cause}."
    return f"{cause.capitalize()} holds {diagnosis.model} back most."


def gain_text(finding: CauseFinding) -> str:
    """Write a gain with its interval in the loss, and in the user's metric if measured."""
    if math.isnan(finding.gain):
        return "not measurable here"
    if finding.verdict == "blocker" and finding.gain < 0:
        worse = _interval(-finding.gain, -finding.gain_upper, -finding.gain_lower)
        honest = f"the honest {finding.unit} is worse by {worse.removeprefix('+')}"
        if _has_own_metric(finding):
            ends = (finding.metric_gain, finding.metric_gain_upper, finding.metric_gain_lower)
            worse = _interval(*(-end for end in ends))
            honest += f", the honest {finding.metric} by {worse.removeprefix('+')}"
        return honest
    told = [f"{_interval(finding.gain, finding.gain_lower, finding.gain_upper)} {finding.unit}"]
    if _has_own_metric(finding):
        bounds = (finding.metric_gain_lower, finding.metric_gain_upper)
        metric = f"{_interval(finding.metric_gain, *bounds)} {finding.metric}"
        told.insert(0 if finding.unit == SQUARED else 1, metric)
    if finding.value is not None:
        told.append(f"{signed(finding.value, digits=3)} per 1,000 decisions")
    return "; ".join(told)


def measured_text(diagnosis: Diagnosis, finding: CauseFinding) -> str:
    """Say what a remedy brings, how sure that is and where it was measured; empty if nowhere.

    "It brings: log loss falls by 0.12 [0.08, 0.16], 29 % of it; roc_auc rises by …".
    """
    sums_up = finding.cause in {"healthy", "undecidable"}
    if math.isnan(finding.gain):
        return "" if sums_up else "What it brings is not measurable here."
    if sums_up and finding.gain <= 0:
        return "Nothing that was tried brings anything."
    told = _gain_in_words(diagnosis, finding)
    where = f"measured on {_rows([finding.measured_on])}"
    if math.isfinite(finding.gain_lower):
        where = f"80 % interval, {where}"
    if sums_up:
        most = "The most that any remedy was seen to bring"
        return f"{most}{_of_which(diagnosis, finding)}: {told}; {where}."
    if finding.verdict == "blocker" and finding.gain < 0:
        return f"Without it {gain_text(finding)}; {where}."
    return f"What it brings: {told}; {where}."


def _of_which(diagnosis: Diagnosis, finding: CauseFinding) -> str:
    """Name the remedy that a summary's best gain is of."""
    others = (*diagnosis.findings, *diagnosis.tried)
    best = next((f for f in others if f is not finding and f.gain == finding.gain), None)
    return "" if best is None else f" (against {in_words(best.cause)})"


def _gain_in_words(diagnosis: Diagnosis, finding: CauseFinding) -> str:
    bounds = (finding.gain_lower, finding.gain_upper)
    if finding.unit == diagnosis.unit:
        told = [_moved(finding.unit, finding.gain, *bounds, falls=True)]
        told[0] += share_text(diagnosis, finding)
    else:
        told = [f"{_interval(finding.gain, *bounds)} {finding.unit}"]
    if _has_own_metric(finding):
        bounds = (finding.metric_gain_lower, finding.metric_gain_upper)
        metric = _moved(
            finding.metric, finding.metric_gain, *bounds, falls=_less_is_better(finding.metric)
        )
        # nobody thinks in squares of money
        told.insert(0 if finding.unit == SQUARED else 1, metric)
    if finding.value is not None:
        told.append(f"{signed(finding.value, digits=3)} per 1,000 decisions")
    return "; ".join(told)


def _moved(name: str, gain: float, lower: float, upper: float, *, falls: bool) -> str:
    """Say in which direction a measure goes: "log loss falls by 0.12 [0.08, 0.16]"."""
    if gain < 0:
        gain, lower, upper, falls = -gain, -upper, -lower, not falls
    by = _interval(gain, lower, upper).removeprefix("+")
    return f"{name} {'falls' if falls else 'rises'} by {by}"


def _has_own_metric(finding: CauseFinding) -> bool:
    """Whether the gain is known in a metric that is not the loss itself."""
    is_loss = finding.metric.replace("_", " ") == finding.unit
    return not (math.isnan(finding.metric_gain) or is_loss)


def _less_is_better(metric: str) -> bool:
    if metric.startswith("neg_"):
        return False
    return metric in LOWER_IS_BETTER or any(w in metric for w in ("loss", "error", "deviance"))


def share_text(diagnosis: Diagnosis, finding: CauseFinding) -> str:
    """Say what share of the model's loss a gain is; empty where there is none to share."""
    place = "production" if finding.measured_on == "production" else "test"
    loss = next((rung.loss for rung in diagnosis.ladder if rung.name == place), 0.0)
    if not (loss > 0 and finding.gain > 0 and finding.unit == diagnosis.unit):
        return ""
    return f" ({share(finding.gain / loss)} of the loss in {place})"


def _head(diagnosis: Diagnosis) -> str:
    facts = [
        f"{diagnosis.kind}: {diagnosis.kind_reason}",
        f"losses in {diagnosis.unit}, {metric_now(diagnosis)}",
        f"the least gain that counts is {number(diagnosis.floor, digits=3)}",
        f"{diagnosis.seconds:.0f} s, random state {diagnosis.random_state}",
    ]
    return (
        f"<h1>{_breakable(headline(diagnosis))}</h1>"
        f'<p class="facts">{escape(" · ".join(facts))}</p>'
    )


def metric_now(diagnosis: Diagnosis) -> str:
    """Say what the model reaches in the user's metric, and on which rows."""
    told = [
        f"{number(rung.metric)} in {rung.name}"
        for rung in diagnosis.ladder
        if rung.name in {"test", "production"} and math.isfinite(rung.metric)
    ]
    return f"metric {diagnosis.metric} {', '.join(told)}".rstrip()


def _breakable(text: str) -> str:
    """Let a name such as GradientBoostingClassifier break where a new word begins."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "<wbr>", escape(text))


def full_sentence(text: str) -> str:
    """Write what was seen as a sentence: a capital at its head, a full stop at its end."""
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")


def rule_text(diagnosis: Diagnosis) -> str:
    """Say the best rule without machine learning; empty where there is none."""
    rungs = {rung.name: rung for rung in diagnosis.ladder}
    if "rule" not in rungs or not rungs["rule"].note:
        return ""
    told = f"The rule: {rungs['rule'].note}"
    rule, now = rungs["rule"].loss, rungs["test"].loss if "test" in rungs else math.nan
    if not (rule > 0 and math.isfinite(now)):
        return full_sentence(told)
    apart, side = share(abs(now - rule) / rule), "below" if now < rule else "above"
    return full_sentence(f"{told}; the model's loss is {apart} {side} the rule's")


def _first(diagnosis: Diagnosis) -> str:
    """What to do on Monday: every blocker, else the first finding."""
    blockers = [finding for finding in diagnosis.findings if finding.verdict == "blocker"]
    boxes = []
    for finding in blockers or diagnosis.findings[:1]:
        kind = "first blocker" if finding.verdict == "blocker" else "first"
        boxes.append(
            f'<section class="{kind}"><p><strong>First: {escape(finding.remedy)}</strong></p>'
            f"{_paragraph(measured_text(diagnosis, finding))}"
            f"<p>{escape(full_sentence(finding.evidence))}</p>"
            f"<p>Ask: {escape(finding.question)}</p></section>"
        )
    if blockers:
        boxes.append(
            "<p class='small'>Then diagnose again: the gains below were measured with the"
            " blocker in place.</p>"
        )
    return "".join(boxes)


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def open_text(diagnosis: Diagnosis) -> str:
    """Say in one line what was not looked at; empty where everything was."""
    parts = []
    if diagnosis.unanswered:
        parts.append(
            f"these tables cannot answer {', '.join(map(in_words, diagnosis.unanswered))}"
        )
    if diagnosis.skipped:
        n = len(diagnosis.skipped)
        parts.append(f"{n} thing{' was' if n == 1 else 's were'} not tried")
    return f"Not looked at: {'; '.join(parts)} (see the end)." if parts else ""


def _open(diagnosis: Diagnosis) -> str:
    told = open_text(diagnosis)
    return f'<p class="small open">{escape(told)}</p>' if told else ""


def _figures(diagnosis: Diagnosis) -> dict[str, str]:
    twins = {
        "ladder": _ladder_table(diagnosis),
        "gains": "",  # the table of findings below it
        "learning curve": _curve_table(diagnosis),
        "calibration": _calibration_table(diagnosis),
        "shift": _shift_table(diagnosis),
    }
    sources = _sources(diagnosis)
    narrow = pictures(diagnosis, width=PHONE_WIDTH)
    return {
        name: (
            f'<div><figure><div class="wide">{to_svg(spec, palette=THEMED)}</div>'
            f'<div class="narrow">{to_svg(narrow[name], palette=THEMED)}</div>'
            f"<figcaption>{escape(name.capitalize())}. "
            f"{escape(f'{CAPTIONS[name]} {sources[name]}'.strip())}</figcaption>"
            f"</figure>{_twin(twins[name])}</div>"
        )
        for name, spec in pictures(diagnosis).items()
    }


def _rows(samples: Iterable[str]) -> str:
    """Name samples as rows: "test rows", "production, all 5,000 rows"."""
    told = (PLACES.get(sample, sample) for sample in samples)
    return " and ".join(s if "rows" in s else f"{s} rows" for s in told)


def _sources(diagnosis: Diagnosis) -> dict[str, str]:
    """Say on how many rows, and of what, each picture stands."""
    n_binned = sum(b.n_rows for b in diagnosis.calibration)
    learners = dict.fromkeys(p.learner for p in diagnosis.learning_curve)
    samples = dict.fromkeys(c.sample for c in diagnosis.shift)
    counted = ", ".join(f"{r.name} {r.n_rows:,}" for r in diagnosis.ladder)
    return {
        "ladder": f"Rows: {counted}. {rule_text(diagnosis)}".rstrip(),
        "gains": "Rows and intervals are in the table.",
        "learning curve": f"Trained each time: {', '.join(learners)}.",
        "calibration": f"{n_binned:,} held-out rows, in {len(diagnosis.calibration)} parts.",
        "shift": f"Training against {_rows(samples)}.",
    }


def _twin(table: str) -> str:
    return f"<details><summary>As a table</summary>{table}</details>" if table else ""


def _ladder_table(diagnosis: Diagnosis) -> str:
    rows = [(r.name, r.loss, r.metric, r.n_rows, r.note) for r in diagnosis.ladder]
    return _table(("rung", diagnosis.unit, diagnosis.metric, "rows", "note"), rows)


def _curve_table(diagnosis: Diagnosis) -> str:
    rows = [(p.learner, p.n_rows, p.loss, p.standard_error) for p in diagnosis.learning_curve]
    return _table(("learner", "training rows", diagnosis.unit, "standard error"), rows)


def _calibration_table(diagnosis: Diagnosis) -> str:
    rows = [(b.predicted, b.observed, b.n_rows) for b in diagnosis.calibration]
    return _table(("predicted", "observed", "rows"), rows)


def _shift_table(diagnosis: Diagnosis) -> str:
    heads = ("column", "moved (0–1)", "dependence", "missing before", "missing after", "in")
    rows = [
        (c.column, c.distance, c.dependence, c.missing_before, c.missing_after, c.sample)
        for c in diagnosis.shift
    ]
    return _table(heads, rows)


def _findings(findings: Sequence[CauseFinding], diagnosis: Diagnosis) -> str:
    heads = ("cause", "remedy", "gain", "evidence", "question")
    rows = [
        (_Name(in_words(f.cause), f.verdict), f.remedy, gain_text(f), f.evidence, f.question)
        for f in findings
    ]
    note = (
        f"<p class='small'>Gains are falls of {escape(diagnosis.unit)}; of the metric, more"
        " is better. Intervals hold with 80 %.</p>"
    )
    return _table(heads, rows) + note if rows else "<p>Nothing was found.</p>"


def _tried(diagnosis: Diagnosis) -> str:
    if not diagnosis.tried:
        return ""
    rows = [
        (_Name(in_words(f.cause)), f.remedy, gain_text(f), f.evidence) for f in diagnosis.tried
    ]
    table = _table(("cause", "remedy tried", "gain", "evidence"), rows)
    return f"<h2>Tried, and not worth it</h2>{table}"


def _measures(diagnosis: Diagnosis) -> str:
    if not diagnosis.measures:
        return ""
    rows = [
        (_Name(m.name), _Name(measure_text(m)), m.sentence, m.n_units)
        for m in diagnosis.measures
    ]
    heads = ("measure", "value [80 %]", "what it says", "units")
    return f"<h2>Measured beside the loss</h2>{_table(heads, rows)}"


def measure_text(measure: Measure) -> str:
    """Write a measure with its interval."""
    bounds = (measure.lower, measure.upper)
    if any(math.isnan(bound) for bound in bounds):
        return number(measure.value, digits=3)
    return (
        f"{number(measure.value, digits=3)} [{', '.join(number(b, digits=3) for b in bounds)}]"
    )


def _segments(diagnosis: Diagnosis) -> str:
    if not diagnosis.segments:
        return ""
    heads = ("rows", "how many", f"{diagnosis.unit} there", "elsewhere", "adjusted p")
    rows = [
        (s.sentence, s.n_rows, s.loss, s.loss_elsewhere, _Number(pvalue_text(s.pvalue)))
        for s in diagnosis.segments
    ]
    return f"<h2>Where the model is weak</h2>{_table(heads, rows)}"


def _list(title: str, lines: Iterable[str]) -> str:
    entries = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{escape(title)}</h2><ul>{entries}</ul>" if entries else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    listed = list(rows)
    numbers = [isinstance(v, int | float | _Number) for v in listed[0]] if listed else []
    head = "".join(
        f"<th{' class=number' if is_number else ''}>{escape(name)}</th>"
        for name, is_number in zip_longest(heads, numbers)
    )
    lines = "".join(
        f"<tr>{''.join(_cell(value, of=head) for value, head in zip(row, heads, strict=True))}"
        "</tr>"
        for row in listed
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


@dataclass(frozen=True, slots=True)
class _Name:
    """A cell that names its row and is not broken, and what stands small below it."""

    text: str
    small: str = ""


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that is written already."""

    text: str


def pvalue_text(pvalue: float) -> str:
    """Write a p-value: nobody needs to know how far below a thousandth it is."""
    return "< 0.001" if pvalue < 0.001 else f"{pvalue:.3f}"


def _cell(value: object, *, of: str) -> str:
    """Write a cell; on a narrow screen it stands alone and says what it is `of`."""
    told = f'data-of="{escape(of)}"'
    if isinstance(value, _Name):
        again = value.small in {"", value.text}  # healthy (healthy) says it twice
        small = "" if again else f" <small>{escape(value.small)}</small>"
        return f'<td class="name" {told}>{escape(value.text)}{small}</td>'
    if isinstance(value, _Number):
        return f'<td class="number" {told}>{escape(value.text)}</td>'
    if isinstance(value, int):
        return f'<td class="number" {told}>{value:,}</td>'
    if isinstance(value, float):
        shown = "–" if math.isnan(value) else number(value)
        return f'<td class="number" {told}>{shown}</td>'
    return f"<td {told}>{escape(str(value))}</td>"


def _interval(estimate: float, lower: float, upper: float) -> str:
    if math.isnan(lower):
        return signed(estimate, digits=3)
    return (
        f"{signed(estimate, digits=3)} [{number(lower, digits=3)}, {number(upper, digits=3)}]"
    )
