"""Other settings of the model at hand: what "simpler" and "richer" mean for each family.

A family is known by the names of its parameters, so that an estimator of any library
that follows scikit-learn's conventions finds its remedies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

INNER = ("estimator", "regressor", "classifier", "base_estimator")
"""Where a wrapper keeps the estimator that it wraps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Variation:
    """The model with other settings.

    Attributes
    ----------
    params : dict
        Settings of the innermost estimator.
    replacement : estimator or None
        Another estimator in its place, where no setting would do.
    """

    params: dict[str, Any] = field(default_factory=dict)
    replacement: Any = None

    def text(self, name: str) -> str:
        """Say it as a remedy: "set max_depth to 6, max_iter to 60 and max_leaf_nodes to 8"."""
        if self.replacement is not None:
            return f"put {self.replacement!r} in the place of {name}"
        *most, last = (f"{key} to {_round(value)}" for key, value in self.params.items())
        settings = f"{', '.join(most)} and {last}" if most else last
        return f"set {settings} in {name}"


def locate(model: Any) -> tuple[str, Any]:
    """Return the path of the innermost estimator ("step__estimator__") and itself."""
    path, inner = "", model
    while True:
        if hasattr(inner, "steps"):
            name, inner = inner.steps[-1]
            path += f"{name}__"
            continue
        settings = settings_of(inner)
        child = next((n for n in INNER if _is_estimator(settings.get(n))), None)
        if child is None:
            return path, inner
        path, inner = f"{path}{child}__", getattr(inner, child)


def variations(estimator: Any, *, n_rows: int) -> list[Variation]:
    """Return settings that make this estimator simpler or richer; empty where unknown."""
    settings = settings_of(estimator)
    for knows, propose in FAMILIES:
        if knows(estimator, settings):
            return propose(estimator, settings, n_rows)
    return []


def _is_estimator(value: Any) -> bool:
    return hasattr(value, "fit") and hasattr(value, "get_params")


def settings_of(estimator: Any) -> dict[str, Any]:
    """Return the settings of an estimator; none where it cannot say."""
    try:
        settings: dict[str, Any] = estimator.get_params(deep=False)
    except Exception:  # noqa: BLE001 (a foreign estimator may fail in any way; no remedies then)
        return {}
    return settings


def _round(value: Any) -> Any:
    return float(f"{value:.3g}") if isinstance(value, float) else value


def _name(estimator: Any) -> str:
    return type(estimator).__name__


def _leaf(n_rows: int, share: float, least: int) -> int:
    return max(least, min(200, int(n_rows * share)))


def _vary(
    simpler: list[dict[str, Any]], richer: list[dict[str, Any]], settings: dict[str, Any]
) -> list[Variation]:
    """Build variations of what they change, leaving out those that change nothing."""
    changed = [
        {k: x for k, x in params.items() if k not in settings or settings[k] != x}
        for params in (*simpler, *richer)
    ]
    return [Variation(params=params) for params in changed if params]


def _tree(_: Any, settings: dict[str, Any], n: int) -> list[Variation]:
    simpler: list[dict[str, Any]] = [
        {"max_depth": None, "min_samples_leaf": _leaf(n, 0.001, 5)},
        {"max_depth": None, "min_samples_leaf": _leaf(n, 0.005, 15)},
        {"max_depth": None, "min_samples_leaf": _leaf(n, 0.02, 40)},
    ]
    free = {"max_depth": None, "max_leaf_nodes": None, "min_samples_split": 2}
    free = {k: v for k, v in free.items() if settings.get(k) != v}
    richer: list[dict[str, Any]] = [
        {**free, "min_samples_leaf": _leaf(n, 0.003, 5), "ccp_alpha": 0.0}
    ]
    return _vary(simpler, richer, settings)


def _forest(_: Any, settings: dict[str, Any], n: int) -> list[Variation]:
    simpler: list[dict[str, Any]] = [
        {"min_samples_leaf": 5},
        {"min_samples_leaf": _leaf(n, 0.001, 15)},
        {"min_samples_leaf": _leaf(n, 0.005, 30), "max_features": "sqrt"},
    ]
    richer: list[dict[str, Any]] = [
        {
            "max_depth": None,
            "max_leaf_nodes": None,
            "min_samples_leaf": 3,
            "n_estimators": max(100, settings.get("n_estimators") or 0),
        }
    ]
    return _vary(simpler, richer, settings)


def _hist_boosting(_: Any, settings: dict[str, Any], n: int) -> list[Variation]:
    base = {"early_stopping": n >= 1_000, "l2_regularization": 1.0, "max_depth": None}
    simpler: list[dict[str, Any]] = [
        base | {"learning_rate": 0.1, "max_iter": 100, "max_leaf_nodes": 15,
                "min_samples_leaf": _leaf(n, 0.005, 20)},
        base | {"learning_rate": 0.05, "max_iter": 60, "max_leaf_nodes": 6,
                "min_samples_leaf": _leaf(n, 0.01, 20)},
    ]  # fmt: skip
    richer: list[dict[str, Any]] = [
        base | {"learning_rate": 0.1, "max_iter": 300, "max_leaf_nodes": 31,
                "min_samples_leaf": 20}
    ]  # fmt: skip
    return _vary(simpler, richer, settings)


def _boosting(_: Any, settings: dict[str, Any], n: int) -> list[Variation]:
    leaf = _leaf(n, 0.005, 10)
    simpler: list[dict[str, Any]] = [
        {"learning_rate": 0.1, "n_estimators": 80, "max_depth": 3,
         "min_samples_leaf": leaf, "subsample": 0.8},
        {"learning_rate": 0.05, "n_estimators": 60, "max_depth": 2,
         "min_samples_leaf": leaf, "subsample": 0.8},
    ]  # fmt: skip
    richer: list[dict[str, Any]] = [{"learning_rate": 0.1, "n_estimators": 150, "max_depth": 5,
               "min_samples_leaf": 10, "subsample": 0.8}]  # fmt: skip
    return _vary(simpler, richer, settings)


def _lightgbm(_: Any, settings: dict[str, Any], n: int) -> list[Variation]:
    leaf = _leaf(n, 0.005, 20)
    simpler: list[dict[str, Any]] = [
        {"learning_rate": 0.1, "n_estimators": 60, "num_leaves": 15, "max_depth": -1,
         "min_child_samples": leaf, "reg_lambda": 1.0},
        {"learning_rate": 0.05, "n_estimators": 60, "num_leaves": 6, "max_depth": -1,
         "min_child_samples": leaf, "reg_lambda": 10.0},
    ]  # fmt: skip
    richer = [{"learning_rate": 0.1, "n_estimators": 200, "num_leaves": 31,
               "max_depth": -1, "min_child_samples": 20, "reg_lambda": 1.0}]  # fmt: skip
    return _vary(simpler, richer, settings)


def _xgboost(_: Any, settings: dict[str, Any], n: int) -> list[Variation]:
    weight = max(1.0, n / 2_000)
    simpler: list[dict[str, Any]] = [
        {"learning_rate": 0.1, "n_estimators": 80, "max_depth": 4,
         "min_child_weight": weight, "reg_lambda": 5.0, "subsample": 0.8},
        {"learning_rate": 0.05, "n_estimators": 60, "max_depth": 3,
         "min_child_weight": weight, "reg_lambda": 10.0, "subsample": 0.8},
    ]  # fmt: skip
    richer: list[dict[str, Any]] = [{"learning_rate": 0.1, "n_estimators": 250, "max_depth": 6,
               "min_child_weight": 1.0, "reg_lambda": 1.0, "gamma": 0.0}]  # fmt: skip
    return _vary(simpler, richer, settings)


def _catboost(_: Any, settings: dict[str, Any], _n: int) -> list[Variation]:
    simpler: list[dict[str, Any]] = [
        {"learning_rate": 0.1, "iterations": 150, "depth": 5, "l2_leaf_reg": 10.0},
        {"learning_rate": 0.05, "iterations": 100, "depth": 4, "l2_leaf_reg": 30.0},
    ]
    richer: list[dict[str, Any]] = [
        {"learning_rate": 0.1, "iterations": 400, "depth": 6, "l2_leaf_reg": 3.0}
    ]
    return _vary(simpler, richer, settings)


def _neighbours(_: Any, settings: dict[str, Any], n: int) -> list[Variation]:
    k = settings.get("n_neighbors") or 5
    simpler = [{"n_neighbors": min(max(1, n // 3), k * step)} for step in (4, 16)]
    richer: list[dict[str, Any]] = [
        {"n_neighbors": max(1, min(k // step, n // 3))} for step in (4, 16)
    ]
    return _vary(simpler, richer, settings)


def _network(_: Any, settings: dict[str, Any], n: int) -> list[Variation]:
    alpha = settings.get("alpha") or 1e-4
    stop: dict[str, Any] = {"early_stopping": True} if n >= 500 else {}
    simpler: list[dict[str, Any]] = [
        {"alpha": max(0.1, alpha * 100), "hidden_layer_sizes": (50,), **stop},
        {"alpha": max(10.0, alpha * 1_000), "hidden_layer_sizes": (50,), **stop},
    ]
    richer: list[dict[str, Any]] = [
        {"hidden_layer_sizes": (100, 50), "alpha": 1e-4, "max_iter": 200}
    ]
    return _vary(simpler, richer, settings)


def _inverse_penalty(_: Any, settings: dict[str, Any], _n: int) -> list[Variation]:
    c = settings.get("C") or 1.0
    return _vary(
        [{"C": c / step} for step in (10.0, 100.0, 1_000.0)],
        [{"C": c * step} for step in (10.0, 1_000.0)],
        settings,
    )


def _penalty(_: Any, settings: dict[str, Any], _n: int) -> list[Variation]:
    alpha = settings.get("alpha") or 1e-4
    return _vary(
        [{"alpha": alpha * step} for step in (10.0, 100.0, 1_000.0)],
        [{"alpha": alpha / step} for step in (100.0, 10_000.0)],
        settings,
    )


def _least_squares(_: Any, _settings: dict[str, Any], _n: int) -> list[Variation]:
    from sklearn.linear_model import Ridge  # noqa: PLC0415 (import leadline stays light)

    return [Variation(replacement=Ridge(alpha=alpha)) for alpha in (1.0, 30.0, 1_000.0)]


def _has(*names: str) -> Any:
    return lambda _, settings: all(name in settings for name in names)


FAMILIES = (
    (lambda e, _: _name(e).startswith("CatBoost"), _catboost),
    (lambda e, _: _name(e).startswith("LGBM"), _lightgbm),
    (lambda e, _: _name(e).startswith("XGB"), _xgboost),
    (_has("max_iter", "max_leaf_nodes", "l2_regularization"), _hist_boosting),
    (_has("n_estimators", "learning_rate", "min_samples_leaf"), _boosting),
    (_has("n_estimators", "min_samples_leaf"), _forest),
    (_has("min_samples_leaf", "max_depth"), _tree),
    (_has("n_neighbors"), _neighbours),
    (_has("hidden_layer_sizes"), _network),
    (_has("C"), _inverse_penalty),
    (_has("alpha"), _penalty),
    (lambda e, _: _name(e) == "LinearRegression", _least_squares),
)
"""Which family an estimator belongs to, and what can be changed in it."""
