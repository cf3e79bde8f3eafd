"""`leadline.diagnose`: what holds a model back, and what each remedy would buy."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leadline.analysis.diagnosis.result import Diagnosis


def diagnose(  # noqa: PLR0917 (seven tables in the order that everybody knows)
    model: Any,
    X_train: Any,
    y_train: Any,
    X_test: Any,
    y_test: Any,
    X_production: Any = None,
    y_production: Any = None,
    *,
    metric: Any = None,
    kind: str | None = None,
    groups: Any = None,
    time: Any = None,
    sample_weight: Any = None,
    positive: Any = None,
    payoff: Any = None,
    candidates: Any = None,
    budget_seconds: float = 60,
    random_state: int = 0,
    progress: Callable[[str, float], None] | None = None,
) -> Diagnosis:
    """Try every remedy that can be tried cheaply and rank what holds the model back.

    Parameters
    ----------
    model : estimator, pipeline, booster, callable or None
        Fitted or not; never changed. None says that the tables are scores: then each `X`
        holds probabilities, shape (n,) or (n, n_classes), or predicted numbers.
    X_train, X_test, X_production : table
        pandas, polars, pyarrow, numpy or a list of dicts, as the model expects them.
        Production is a sample from where the model runs, if there is one.
    y_train, y_test, y_production : column
        The target; of production it may be absent.
    metric : str, callable or scorer, optional
        The user's own metric; see `leadline.analysis.problem.metrics`.
    kind : str, optional
        "binary", "multiclass", "regression", "ranking", "click" or "forecast".
    groups, time, sample_weight : str, tuple or column, optional
        A column's name, a tuple (train, test, production), or one column for all rows in
        this order. Groups are queries in a ranking and clusters otherwise.
    positive : value, optional
        The class of two that "yes" stands for; the second in order by default.
    payoff : mapping or array of shape (2, 2), optional
        Worth of a decision: `{"hit": 10, "false_alarm": -1}`, what is left out earns 0; or
        a table, rows are the truth (no, yes), columns the decision (no, yes).
    candidates : table, tuple or dict, optional
        Columns the team could add: (train, test) tables, or {name: (train, test)}.
    budget_seconds : float
        Time allowed; what did not fit is said in `skipped`.
    random_state : int
        The same value gives the same diagnosis.
    progress : callable, optional
        Called with what is being done and the share done, 0–1.

    Returns
    -------
    Diagnosis
        `verdict`, `findings`, and the numbers behind every picture.

    Raises
    ------
    InputError
        Tables do not fit together, the budget is none, or the model raised.
    """
    from leadline.analysis.diagnosis.case import Clock  # noqa: PLC0415 (keeps import light)
    from leadline.analysis.diagnosis.engine import run  # noqa: PLC0415
    from leadline.analysis.diagnosis.inputs import Given  # noqa: PLC0415
    from leadline.library.arguments import checked_budget, checked_seed  # noqa: PLC0415
    from leadline.library.diagnosis_notebook import for_notebook  # noqa: PLC0415

    checked_budget(budget_seconds, hint="A minute (60) is enough for most tables.")
    seed = checked_seed(random_state)
    given = Given(
        model=model,
        X={"train": X_train, "test": X_test, "production": X_production},
        y={"train": y_train, "test": y_test, "production": y_production},
        kind=kind,
        groups=groups,
        time=time,
        sample_weight=sample_weight,
        candidates=candidates,
        seed=seed,
        positive=positive,
    )
    found = run(
        given,
        metric=metric,
        payoff=_payoff(payoff),
        clock=Clock(budget_seconds),
        progress=progress or _silent,
    )
    return for_notebook(found)


def _silent(_what: str, _share: float) -> None:
    """Say nothing."""


def _payoff(payoff: Any) -> NDArray[np.float64] | None:
    if payoff is None:
        return None
    from leadline.analysis.baseline.worth import payoff_matrix  # noqa: PLC0415

    return payoff_matrix(payoff)
