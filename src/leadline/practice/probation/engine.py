"""From a country, a start date and a contract to the dates of a probation.

Pure functions: the law, the holidays and the absences are arguments. Nothing is
guessed: what is not on file or not known comes back as `AskHR`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from leadline.errors import InputError
from leadline.practice.dates import DAY
from leadline.practice.probation.absences import extended_end
from leadline.practice.probation.case import (
    Case,
    End,
    earliest_protection,
    first_protected,
    law_end,
)
from leadline.practice.probation.contract import Absence, Contract
from leadline.practice.probation.evaluation import evaluation
from leadline.practice.probation.law import Law, Period, Rule
from leadline.practice.probation.law_file import load_law
from leadline.practice.probation.matching import QUESTIONS, matching
from leadline.practice.probation.results import AskHR, ProbationDates, Step
from leadline.practice.probation.safe_day import last_safe_day
from leadline.practice.probation.spans import Span, last_day

Answer = ProbationDates | AskHR

UNKNOWN_LAW = "How long is the probation, which notice holds inside it, and what moves its end?"
LONGEST = "The contract agrees the longest probation that the law allows."
NO_OWN_PROBATION = (
    "The contract names no probation of its own; if it does, its date goes first."
)
NO_PROBATION = "Which day does the company take for the evaluation, without a probation?"


def probation_dates(
    *,
    country: str,
    start_on: date,
    contract: Contract | None = None,
    absences: Iterable[Absence] = (),
    holidays: frozenset[date] = frozenset(),
    ends_on_override: date | None = None,
    law: Law | None = None,
) -> ProbationDates | AskHR:
    """Return end, evaluation date and last safe decision day, or what to ask HR.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-2, with a subdivision where there is one: "DE", "CA-ON".
    start_on : date
        First working day; it counts as day one.
    contract : Contract, optional
        What is known about the contract.
    absences : iterable of Absence
        Whole days away since the start.
    holidays : frozenset of date
        Public holidays where the person works, over the whole probation.
    ends_on_override : date, optional
        The end that the contract itself names, absences included; it goes before the
        law's maximum.
    law : Law, optional
        The rows to use; the packaged ones by default.

    Returns
    -------
    ProbationDates or AskHR
        Never a guess: a country, a version or a field that is not on file asks.

    Raises
    ------
    InputError
        `ends_on_override` lies before the start.
    """
    if ends_on_override is not None and ends_on_override < start_on:
        raise InputError(
            f"the probation ends on {ends_on_override}, before it starts on {start_on}",
            hint="Correct one of the two dates in the people file.",
        )
    contract = contract or Contract()
    rules = (law or load_law()).of(country)
    rule = _version(rules, contract=contract, start_on=start_on)
    if rule is None or not rule.enabled:
        ask = _not_on_file(country, rules=rules, rule=rule)
        return _with_own_end(ask, start_on, ends_on_override, holidays)
    case = Case(
        country=country,
        rule=rule,
        contract=contract,
        start_on=start_on,
        absences=tuple(absences),
        holidays=holidays,
        assumptions=tuple(_assumptions(rule, rules=rules, contract=contract)),
    )
    notice_known = rule.notice or contract.agreed_notice_days
    if rule.basis in {"none", "custom"} and not (ends_on_override and notice_known):
        ask = case.ask(rule.summary, rule.question)
        return _with_own_end(ask, start_on, ends_on_override, holidays)
    if ends_on_override is not None:
        return _from_own_end(case, ends_on_override)
    if rule.basis == "wait":
        return _from_waits(case.assuming(NO_OWN_PROBATION))
    if contract.agreed_months is None:
        case = case.assuming(LONGEST)
    return _from_periods(case)


def _version(rules: Sequence[Rule], *, contract: Contract, start_on: date) -> Rule | None:
    """Return the row in force on the day that the row itself says decides."""
    for rule in rules:
        signed_on = contract.signed_on or start_on
        decides = signed_on if rule.version_by == "contract" else start_on
        if rule.valid_from <= decides < rule.valid_until:
            return rule
    return None


def _not_on_file(country: str, *, rules: Sequence[Rule], rule: Rule | None) -> AskHR:
    if rule is None:
        reason = f"There is no row for {country or 'a person without a country'}."
        if rules:
            since = min(known.valid_from for known in rules)
            reason = f"The law on file for {country} begins on {since}, after this contract."
        return AskHR(country=country, reason=reason, questions=(UNKNOWN_LAW,))
    return AskHR(
        country=country,
        reason=f"The row for {rule.name} is written from memory ({rule.summary}) and stays "
        "switched off until somebody checks it at its source.",
        questions=(rule.question or UNKNOWN_LAW,),
        statute=rule.statute,
        source=rule.source,
        checked_on=rule.checked_on,
    )


def _with_own_end(
    ask: AskHR, start_on: date, ends_on: date | None, holidays: frozenset[date]
) -> AskHR:
    """Add what is known all the same where the contract names its end."""
    if ends_on is None:
        return ask
    step = evaluation(start_on=start_on, ends_on=ends_on, holidays=holidays, limit=ends_on)
    return replace(ask, ends_on=ends_on, evaluate_on=step.on)


def _assumptions(rule: Rule, *, rules: Sequence[Rule], contract: Contract) -> Iterable[str]:
    if contract.kind is None and contract.ends_on is None:
        yield "The contract is permanent: no end date is known."
    if len(rules) > 1 and rule.version_by == "contract" and contract.signed_on is None:
        yield "The contract was signed when the work began; an earlier day may mean older law."


def _from_own_end(case: Case, ends_on: date) -> Answer:
    """Answer from the contract's own end; one past the law's maximum is said to be."""
    periods, _ = matching(case.rule.periods, contract=case.contract, start_on=case.start_on)
    law_ends = [
        law_end(case, period, length=period.length) for period in periods if period.length
    ]
    longest = max((end.step.on for end in law_ends), default=ends_on)
    if ends_on > longest:
        late = (
            f"The contract's end lies after {longest}, where the law's longest probation ends: "
            "right after an extension, else ask HR whether it holds."
        )
        case = case.assuming(late)
    own = Step(ends_on, "The contract itself names this last day of probation.")
    return _dates(case, [own], kind="contract", protected=earliest_protection(case))


def _from_periods(case: Case) -> Answer:
    """Answer for every length that may hold: one answer, or a question with the range."""
    periods, missing = matching(
        case.rule.periods, contract=case.contract, start_on=case.start_on
    )
    answers = [_from_period(case, period) for period in periods]
    return _one_or_ask(case, answers, missing=missing)


def _from_waits(case: Case) -> Answer:
    """Answer where only the time until protection against dismissal is in the statute."""
    waits, missing = matching(case.rule.wait, contract=case.contract, start_on=case.start_on)
    answers = []
    for wait in waits:
        protected = first_protected(case, wait)
        last = Step(protected - DAY, "The last day without protection against dismissal.")
        answers.append(_dates(case, [last], kind="wait", protected=protected))
    return _one_or_ask(case, answers, missing=missing)


def _one_or_ask(case: Case, answers: Sequence[Answer], *, missing: set[str]) -> Answer:
    """Return the one answer that all agree on, or ask and give the range."""
    dates = [answer for answer in answers if isinstance(answer, ProbationDates)]
    asks = [answer for answer in answers if isinstance(answer, AskHR)]
    distinct = list({(d.ends_on, d.last_safe_on): d for d in dates}.values())
    if len(distinct) + len(asks) == 1:
        return distinct[0] if distinct else asks[0]
    unknown = missing.union(*(ask.missing for ask in asks))
    named = [name for name in QUESTIONS if name in unknown]
    questions = [QUESTIONS[name] for name in named]
    questions += [text for ask in asks for text in ask.questions]
    distinct += [candidate for ask in asks for candidate in ask.candidates]
    ask = case.ask(
        f"The law of {case.rule.name} depends on what is not known yet: "
        f"{', '.join(name.replace('_', ' ') for name in named)}.",
        *dict.fromkeys(questions),
        missing=named,
    )
    return replace(ask, candidates=tuple(sorted(distinct, key=lambda d: d.last_safe_on)))


def _from_period(case: Case, period: Period) -> Answer:
    if period.ask or period.length is None:
        reason = f"The law of {case.rule.name} fixes no length for this contract."
        return case.ask(reason, period.ask or NO_PROBATION)
    if (period.share or period.one_day_per) and case.contract.ends_on is None:
        reason = f"In {case.rule.name} the length follows the fixed term."
        return case.ask(reason, QUESTIONS["ends_on"], missing=["ends_on"])
    end = law_end(case, period, length=period.length)
    agreed = case.contract.agreed_months
    if agreed is not None:
        own = last_day(case.start_on, Span(agreed, "months"))
        if own <= end.step.on:
            end = replace(end, step=Step(own, f"The contract agrees {Span(agreed, 'months')}."))
        else:
            longer = f"The contract agrees {Span(agreed, 'months')}, more than the law allows."
            case = case.assuming(longer)
    return _with_absences(case, end)


def _with_absences(case: Case, end: End) -> Answer:
    """Move the end by days away; ask where that hangs on a condition nobody has told."""
    rule = case.rule.absence
    plain = _dates(case, [end.step], kind="probation", protected=earliest_protection(case))
    if rule is None or not case.absences:
        return plain
    if end.unit == "working-days":
        rule = replace(rule, counts="working-days")
    moved = extended_end(
        rule=rule,
        start_on=case.start_on,
        ends_on=end.step.on,
        absences=case.absences,
        holidays=case.holidays,
        never_after=end.never_after,
    )
    told = case.contract.absence_extends
    if not moved or (rule.condition and told is False):
        return plain
    extended = _dates(
        case, [end.step, *moved], kind="probation", protected=earliest_protection(case)
    )
    if not rule.condition or told:
        return extended
    ask = case.ask(
        f"In {case.rule.name} days away move the end only if {rule.condition}.",
        QUESTIONS["absence_extends"],
        missing=["absence_extends"],
    )
    both = (answer for answer in (plain, extended) if isinstance(answer, ProbationDates))
    return replace(ask, candidates=tuple(both))


def _dates(case: Case, steps: list[Step], *, kind: str, protected: date | None) -> Answer:
    """Return all dates from the last day, or ask where no safe day is left."""
    rule, end = case.rule, steps[-1].on
    limit = end
    if rule.basis == "wait" and protected is not None and protected <= end:
        limit = protected - DAY
        steps = [
            *steps,
            Step(limit, "Protection against dismissal begins on the next day."),
        ]
    safe = last_safe_day(
        rule=rule,
        contract=case.contract,
        start_on=case.start_on,
        ends_on=limit,
        holidays=case.holidays,
    )
    if safe is None:
        ask = case.ask(
            f"Up to {end} there is no day left that keeps the notice of {rule.name}.",
            "Which notice holds here, and on which day can it still be given?",
        )
        return _with_own_end(ask, case.start_on, end, case.holidays)
    evaluate = evaluation(
        start_on=case.start_on,
        ends_on=end,
        holidays=case.holidays,
        limit=safe.decide_by,
    )
    return ProbationDates(
        country=case.country,
        rule_id=rule.id,
        kind=kind,
        start_on=case.start_on,
        ends_on=end,
        evaluate_on=evaluate.on,
        last_notice_on=safe.told_by,
        last_safe_on=safe.decide_by,
        protected_on=protected,
        steps=(*steps, evaluate, *safe.steps),
        assumptions=case.assumptions,
        traps=rule.traps,
        statute=rule.statute,
        source=rule.source,
        checked_on=rule.checked_on,
        tag=rule.tag,
    )
