"""The loop, told: what was asked, what was seen, and what is true."""

from __future__ import annotations

import tempfile
import textwrap
import time
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from examples.classifieds import surfaces
from examples.classifieds.loop import PLANS, Loop
from examples.classifieds.results import Diagnosed, GreenLight, Summed, Trial
from examples.classifieds.watched import Watched
from leadline.library.results import Readout
from leadline.practice.charter import Charter


def tell(*, seed: int, n_users: int) -> Iterator[str]:
    """Go once around the loop; yield it piece by piece, as it happens."""
    started = time.perf_counter()
    yield (
        f"A classifieds marketplace, simulated: {n_users:,} buyers, seed {seed}. Whatever "
        "stands after\n“truth:” only the simulator knows; nothing that decides ever reads it."
    )
    with tempfile.TemporaryDirectory() as folder:
        loop = Loop(seed=seed, n_users=n_users, folder=Path(folder))
        yield _frame(loop.frame())
        yield _baseline(loop.baseline())
        rows = loop.log()
        yield _log(len(rows), int(rows["shuffled"].sum()))
        yield _diagnosed(loop.diagnose(rows))
        loop.train(rows)
        yield _green_light(loop.green_light(rows))
        yield _experiment(loop.experiment())
        yield _ads(loop.ads())
        summed = loop.sum_up()
        yield _summed(summed)
        yield _watched(loop.watch())
        yield _next(loop.surfaces(summed.tried))
    yield f"\n({time.perf_counter() - started:.0f} s)"


def _frame(charter: Charter) -> str:
    lines = [f"   {key.replace('_', ' '):<12}{said}" for key, _, said in charter.lines]
    return _step("1. Frame", *lines, receipt="examples/classifieds/charter.toml")


def _baseline(trial: Trial) -> str:
    before = (
        "Before there was a sum written by hand. The rule “most wanted first” goes in front of "
        "half the buyers, before any model."
    )
    after = (
        "It stays all the same: nobody has to look after it, and what it lost is the baseline "
        "that everything later is measured from."
    )
    lines = (_text(before), *_measured(trial), _text(after))
    return _step("2. Baseline", *lines, receipt=_plan("rule-first"))


def _log(n_rows: int, n_shuffled: int) -> str:
    text = (
        f"Two weeks of its log: {n_rows:,} rows shown, {n_shuffled:,} of them on shuffled "
        "pages, which can judge any other order."
    )
    return f"\n{_text(text)}"


def _diagnosed(diagnosed: Iterable[Diagnosed]) -> str:
    lines = [
        _text(
            "Three first models, each with a fault that somebody built in. The diagnosis is "
            "not told which; it tries remedies, and promises what the best one buys."
        )
    ]
    for one in diagnosed:
        found, verdict = one.found, one.diagnosis.verdict.replace("_", " ")
        interval = f"[{found.gain_lower:+.3f}, {found.gain_upper:+.3f}]"
        lines += [
            f"   planted  {one.planted.name}",
            _text(f"found    {verdict}: {found.remedy}", then=" " * 12),
            f"   promised {found.gain:+.3f} {interval} log loss",
            f"   truth:   {one.bought:+.3f} on days that nobody had seen",
        ]
    return _step(
        "3. Model and diagnosis", *lines, receipt="leadline.diagnose on rows of the log"
    )


def _green_light(light: GreenLight) -> str:
    result = light.result
    word = "green" if light.is_green else "red"
    return _step(
        "4. Offline green light",
        f"   On shuffled pages, against the best rule ({result.rule.sentence}):",
        f"   NDCG {result.model_value:.3f} against {result.rule_value:.3f}, gain "
        f"{result.gain:+.3f} [{result.gain_lower:+.3f}, {result.gain_upper:+.3f}]",
        f"   The plan asked for more than {light.threshold:g}, before training: {word}.",
        *_favourite(light),
        receipt=_plan("home-model"),
    )


def _favourite(light: GreenLight) -> tuple[str, ...]:
    found = light.favourite
    if found.refused:
        return (_text(f"Off-policy: refused, {found.refused}."),)
    best = found.best
    return (
        f"   Off-policy, what it likes best is clicked by {best.value:.1%} "
        f"[{best.ci_lower:.1%}, {best.ci_upper:.1%}], anything by {light.anything:.1%};",
        f"   {found.n_rows:,} pages that it had not seen, worth {found.effective:,.0f}.",
        f"   truth:   {light.true_favourite:.1%}",
    )


def _experiment(trial: Trial) -> str:
    share = trial.true_effect / trial.control_mean
    decided = (
        f"That is {share:+.1%} in truth. {trial.n_served:,} pages went through "
        f"leadline.Decision one by one; on {trial.n_differing} of them it answered otherwise "
        "than the arithmetic on arrays."
    )
    return _step(
        "5. Experiment", *_measured(trial), _text(decided), receipt=_plan("home-model")
    )


def _ads(readout: Readout) -> str:
    lines = [_text(f"{readout.verdict.word}: {readout.verdict.reason}")]
    for result in readout.results:
        effect = result.effect
        lines.append(
            f"   {result.metric.name:<11}{effect.control:.3f} → {effect.treatment:.3f} a user, "
            f"{effect.effect_size:+.3f} [{effect.ci_lower:+.3f}, {effect.ci_upper:+.3f}]"
            f" ({result.role})"
        )
    return _step("   Ads have two sides", *lines, receipt=_plan("ad-personal"))


def _summed(summed: Summed) -> str:
    total = summed.ledger.total
    shipped = [one for one in summed.tried if one.shipped]
    return _step(
        "6. Ledger",
        f"   {len(summed.tried)} more ideas were tried, {len(shipped)} shipped:",
        *(
            f"   {one.name:<18}{one.surface:<16}{one.effect:+.3f} ± {one.se:.3f}   "
            f"truth: {one.true_effect:+.3f}"
            for one in shipped
        ),
        f"   naive sum   {total.naive:+.3f} contacts a buyer in 14 days",
        f"   believed    {total.value:+.3f} [{total.lower:+.3f}, {total.upper:+.3f}]",
        f"   truth:      {summed.true_total:+.3f}",
        receipt="all ideas, losers included, as `leadline ledger` adds them up",
    )


def _watched(watched: Watched) -> str:
    lines = [
        f"   {watched.n_quiet} quiet days, looked at each morning: {watched.n_false} alarms",
    ]
    for seen in watched.seen:
        what = seen.sentence.partition(", since")[0] or "nothing stands"
        days = f"{seen.caught_after} days"
        level = f"alert after {days}" if seen.caught_after else "no alert, listed as benign"
        lines += [
            f"   planted  {seen.fault.name}",
            _text(f"found    {level}: {what}", then=" " * 12),
            f"   truth:   {seen.true_loss:+.1%} of the home page's contacts lost",
        ]
    return _step("7. Watch", *lines, receipt="leadline.watch on one file of predictions a day")


def _next(register: list[surfaces.Surface]) -> str:
    lines = [f"   {line}" for line in surfaces.table(register).splitlines()]
    for finding in surfaces.findings(register, today=date.today()):  # noqa: DTZ011
        lines += ["", _text(f"{finding.sentence} {finding.question}")]
    return _step("8. Next", *lines, receipt="the register of surfaces")


def _measured(trial: Trial) -> tuple[str, ...]:
    effect, readout = trial.effect, trial.readout
    interval = f"[{effect.ci_lower:+.3f}, {effect.ci_upper:+.3f}]"
    p = readout.sample_ratio.pvalue
    return (
        _text(f"{readout.verdict.word}: {readout.verdict.reason}"),
        f"   measured {effect.effect_size:+.3f} {interval} contacts a buyer; "
        f"sample ratio p = {p:.2f}",
        f"   truth:   {trial.true_effect:+.3f}",
    )


def _plan(name: str) -> str:
    return f"examples/classifieds/{PLANS.name}/{name}.toml"


def _step(heading: str, *lines: str, receipt: str) -> str:
    return "\n".join(["", heading, *lines, f"   ← {receipt}"])


def _text(text: str, *, then: str = "   ") -> str:
    """Return running text as a paragraph under a heading, its next lines begun with `then`."""
    return textwrap.fill(text, 90, initial_indent="   ", subsequent_indent=then)
