"""How columns of experiment tables are called, and which role a name tells of."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from leadline.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SYNONYMS: dict[str, tuple[str, ...]] = {
    "experiment": (
        "experiment experiment_id experiment_name experiment_key exp exp_id test_id test_name "
        "clickability_test_id abtest ab_test experimento esperimento versuch",
        "test campaign",
    ),
    "arm": (
        "variant variant_id variant_name variation variation_id arm assigned_arm assignment "
        "test_group ab_group experiment_group exp_group treatment_group "
        "variante varianten testgruppe versuchsgruppe",
        "group gruppe grupo groupe gruppo version bucket cell treatment treated condition "
        "branch",
    ),
    "unit": (
        "user_id userid unit_id unit visitor_id customer_id client_id player_id account_id "
        "subject_id member_id device_id cookie_id anonymous_id "
        "nutzer_id kunden_id usuario_id id_usuario cliente_id id_cliente",
        "user uid customer visitor session_id id record_id",
    ),
    "day": (
        "day date ds dt event_date exposure_date exposed_on exposed_at first_exposure "
        "time_since_start days_since_start snapshot_day snapshot_date snapshot_at snapshot "
        "datum fecha",
        "timestamp created_at assigned_at enrolled_at time event_time",
    ),
    "n": (
        "n n_obs n_users n_units num_users users visitors units unique_users unique_visitors "
        "sample_size participants subjects assigned exposed_users players customers "
        "nutzer besucher teilnehmer usuarios visitantes utilisateurs visiteurs utenti",
        "anzahl impressions sessions visits pageviews page_views views trials exposures "
        "requests samples size total count n_total",
    ),
    "metric": ("metric metric_id metric_name kpi measure",),
    "started_on": (
        "started_at started_on start_date start launched_at launched_on started startdatum "
        "fecha_inicio",
    ),
    "ended_on": (
        "ended_at ended_on end_date finished_at stopped_at concluded_on ended enddatum "
        "fecha_fin",
    ),
    "project": ("project product team surface area program initiative",),
    "shipped": ("shipped is_shipped launched rolled_out released winner chosen",),
    "weight": ("weight split allocation traffic_share expected_share planned_share",),
    "predicted": (
        "predicted predicted_effect predicted_gain expected_gain offline_gain forecast",
    ),
    "predicted_se": ("predicted_se predicted_standard_error prediction_se",),
    "served": ("served_arm served served_variant shown_variant delivered_arm",),
    "change": ("change key name experiment launch model", "id"),
    "concluded_on": (
        "concluded_on concluded_at ended_on end_date launched_on shipped_on date day",
    ),
    "proof": ("proof proof_grade evidence grade",),
    "measured": ("measured measured_effect measured_gain measured_uplift effect uplift lift",),
    "measured_se": ("measured_se standard_error se stderr effect_se",),
    "ci_lower": ("ci_lower lower ci_low",),
    "ci_upper": ("ci_upper upper ci_high",),
    "key_result": ("key_result key_results okr kr objective",),
    "cost": ("cost effort person_days days_needed",),
    "analysis": ("analysis deciding_analysis analysis_first",),
    "analysis_cost": ("analysis_cost analysis_days cost_of_analysis",),
    "baseline": ("baseline is_baseline",),
    "holdout": ("holdout is_holdout",),
    "event": ("event event_name event_type action",),
    "value": ("value amount revenue price quantity",),
    "outcome_at": ("outcome_at converted_at conversion_time purchased_at converted_time",),
    "reach": ("reach annual_units units_per_year eligible_users",),
}
"""Role → tiers of names, the surer tier first; words apart by spaces."""

CONVERSIONS = [
    "conversions",
    "converted",
    "conversion",
    "clicks",
    "click",
    "successes",
    "success",
    "purchases",
    "purchase",
    "orders",
    "signups",
    "sign_ups",
    "enrollments",
    "enrolments",
    "payments",
    "retained",
    "bookings",
    "subscriptions",
    "activations",
    "checkouts",
    *("konversionen", "klicks", "bestellungen", "kaufe", "kaeufe", "anmeldungen"),
    *("conversiones", "clics", "compras", "pedidos", "conversioni", "achats", "commandes"),
]
"""Names of a count of successes, in a table with one row an arm."""

CONTROLS: tuple[str, ...] = (
    *("control", "ctrl", "ctl", "control_group", "baseline", "holdout", "status_quo"),
    *("placebo", "psa", "untreated", "no_treatment", "no_email", "none", "off", "old"),
    *("old_page", "original", "default", "existing", "reference", "champion", "base"),
    *("kontrolle", "kontrollgruppe", "grupo_de_control", "grupo_control", "temoin"),
    *("controle", "controllo", "0", "0_0", "false", "a", "c"),
)
"""Names of a control arm, after `plain`, the surest first."""


def plain(name: str) -> str:
    """Return a name in lower case, without accents, with one `_` between its words."""
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name)
        name = "".join(mark for mark in name if not unicodedata.combining(mark))
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^0-9a-z]+", "_", apart.lower()).strip("_")


def recognise(
    names: Iterable[str], *, roles: Iterable[str], given: Mapping[str, str], place: str
) -> dict[str, str]:
    """Find the column of each role.

    Parameters
    ----------
    names : columns of the table.
    roles : the roles that are looked for.
    given : mapping of role to column
        What the user said; it is never overruled.
    place : str
        The table, for messages.

    Returns
    -------
    dict of role to column
        Without the roles that no column tells of.

    Raises
    ------
    InputError
        Two columns could be meant: names every candidate and the flag that decides. Or a
        given column is not there.
    """
    columns = list(names)
    for role, name in given.items():
        if name not in columns:
            raise InputError(
                f"{place} has no column {name!r} (given as {flag(role)})",
                hint=f"Its columns are: {', '.join(columns)}.",
            )
    taken = set(given.values())
    found = dict(given)
    for role in roles:
        if role in found:
            continue
        candidates = _candidates(role, [name for name in columns if name not in taken])
        if len(candidates) > 1:
            raise InputError(
                f"{place}: which column is the {role.replace('_', ' ')}? "
                f"It could be {' or '.join(repr(name) for name in candidates)}",
                hint=f"Say it: {said(role, candidates[0])}",
            )
        if candidates:
            found[role] = candidates[0]
            taken.add(candidates[0])
    return found


FLAGS = {
    "experiment": "--experiment-column", "arm": "--arm", "unit": "--unit", "day": "--day",
    "n": "--n", "served": "--served", "shipped": "--shipped", "project": "--project",
    "started_on": "--started-on", "ended_on": "--ended-on", "reach": "--reach",
}  # fmt: skip
"""Role → its own option on the command line; every role can be said with --column."""


def flag(role: str) -> str:
    """Return the command line's option for a role."""
    return FLAGS.get(role, f"--column {role}=…")


def said(role: str, column: str) -> str:
    """Return what to write on the command line to give a role its column."""
    return f"{FLAGS[role]} {column}" if role in FLAGS else f"--column {role}={column}"


def find_control(arms: Iterable[str], *, given: str = "") -> str | None:
    """Return the control among the arms; None where no name tells.

    Raises
    ------
    InputError
        The given control is no arm.
    """
    listed = list(arms)
    if given:
        if given not in listed:
            raise InputError(
                f"no arm is called {given!r}", hint=f"The arms are: {', '.join(listed)}."
            )
        return given
    ranked = {plain(arm): arm for arm in listed}
    return next((ranked[name] for name in CONTROLS if name in ranked), None)


def _candidates(role: str, names: list[str]) -> list[str]:
    for tier in SYNONYMS[role]:
        words = tier.split()
        exact = [name for name in names if plain(name) in words]
        if exact:
            return exact
    return []
