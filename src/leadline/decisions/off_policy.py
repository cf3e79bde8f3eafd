"""What a shadow would have earned: off-policy estimates from a decision log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from leadline.analysis.off_policy.estimates import OffPolicy, off_policy
from leadline.decisions.tables import open_log, quoted, read_outcomes
from leadline.errors import InputError


def challenge(
    decisions: str | Path,
    outcomes: str | Path,
    *,
    challenger: str,
    logged: str = "rule",
    decision: str = "",
    reward: str = "",
    alpha: float = 0.05,
) -> OffPolicy:
    """Estimate what a shadow would have earned, had it been served.

    Decisions of one arm are used, which must explore: return `Choice(action, propensity)`.
    Where the shadow chose the same action it is given the reward, weighted by how
    unlikely that action was. Where it failed, the logged arm would have answered.

    Parameters
    ----------
    decisions : path
        A log; see `leadline.decisions.tables.open_log`.
    outcomes : path
        A CSV or Parquet file with `decision_id` and a column of numbers. A decision
        without an outcome counts as 0.
    challenger : str
        The shadow's arm.
    logged : str
        The arm whose decisions are used.
    decision : str
        Which decision, where the log holds several.
    reward : str
        The column, where the file holds several.
    alpha : float

    Raises
    ------
    InputError
        No such arm, shadow or column; or the arm never explored.
    """
    with open_log(decisions) as (connection, _):
        numbers = read_outcomes(connection, Path(outcomes))
        column = reward or numbers[0]
        if column not in numbers or (not reward and len(numbers) > 1):
            raise InputError(
                f"{outcomes} has the columns {', '.join(numbers)}; say which is the reward"
            )
        shadow = f'$."{challenger}"'
        rows = connection.execute(
            f"""SELECT decision, coalesce(r.reward, 0), action_propensity,
                       json_extract_string(shadows, ?), json_extract_string(shadows, ?),
                       json_extract_string(action, '$')
            FROM d LEFT JOIN (
                SELECT decision_id, sum(CAST({quoted(column)} AS DOUBLE)) AS reward
                FROM o GROUP BY decision_id
            ) r USING (decision_id)
            WHERE assigned = ? AND served = ? AND fallback_reason = ''
              AND json_exists(shadows, ?) AND (? = '' OR decision = ?)""",  # noqa: S608 - a quoted name
            [
                f"{shadow}.reason",
                f"{shadow}.action",
                logged,
                logged,
                shadow,
                decision,
                decision,
            ],
        ).fetchall()
    return _estimate(rows, challenger=challenger, logged=logged, alpha=alpha)


def _estimate(
    rows: list[tuple[Any, ...]], *, challenger: str, logged: str, alpha: float
) -> OffPolicy:
    names = {row[0] for row in rows}
    if not rows:
        raise InputError(
            f"no decision of arm {logged!r} has a shadow {challenger!r}",
            hint="Run the challenger with shadow={…} for some days first.",
        )
    if len(names) > 1:
        raise InputError(f"the log holds several decisions; say which: {', '.join(names)}")
    propensity = np.array([np.nan if row[2] is None else row[2] for row in rows])
    if np.isnan(propensity).any() or (propensity == 1).all():
        raise InputError(
            f"arm {logged!r} does not explore: it would never tell what another action earns",
            hint="Let it return Choice(action, propensity), or run a small experiment.",
        )
    same = np.array([float(chosen == action) for *_, chosen, action in rows])
    failed = np.array([bool(row[3]) for row in rows])
    return off_policy(
        reward=[row[1] for row in rows],
        propensity=propensity,
        target=np.where(failed, propensity, same),
        alpha=alpha,
    )
