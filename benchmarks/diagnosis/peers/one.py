"""Ask one peer about cases; runs in the peer's environment and prints one JSON line a case.

    PYTHON_OF_PEER -m benchmarks.diagnosis.peers.one PEER SECONDS < names of cases, one a line

Nothing of Leadline is imported here, and the model is trained by the peer's own scikit-learn.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import time
import warnings
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.model_selection import cross_val_predict

from benchmarks.diagnosis import tables
from benchmarks.diagnosis.faults import Case, Rows, make

Said = list[dict[str, Any]]
"""Each has check, level (error, warning or info), on (test or production), size."""


def skore(case: Case) -> Said:
    import skore as peer  # noqa: PLC0415

    report = peer.EstimatorReport(
        clone(case.model), X_train=case.train.X, y_train=case.train.y, X_test=case.test.X,
        y_test=case.test.y,
    )  # fmt: skip
    level = {"issue": "error", "tip": "warning"}
    summary = report.checks.summarize()
    return [
        {"check": row["code"], "level": level[section], "on": "test"}
        for section in level
        for _, row in summary.frame(section=section).iterrows()
    ]


def deepchecks(case: Case) -> Said:
    from deepchecks.tabular import Dataset  # noqa: PLC0415
    from deepchecks.tabular.suites import full_suite  # noqa: PLC0415

    words = list(case.train.X.select_dtypes(exclude="number"))
    kind = "regression" if case.kind == "regression" else case.kind
    model = clone(case.model).fit(case.train.X, case.train.y)

    def dataset(rows: Rows) -> Any:
        return Dataset(rows.X, label=pd.Series(rows.y), cat_features=words, label_type=kind)

    pairs = [("test", case.train, case.test)]
    if case.production is not None:
        pairs.append(("production", case.test, case.production))
    said = []
    for on, old, new in pairs:
        result = full_suite().run(dataset(old), dataset(new), model)
        for check in result.get_not_passed_checks(fail_if_warning=True):
            categories = [c.category.value for c in check.conditions_results if not c.is_pass]
            level = "error" if "FAIL" in categories else "warning"
            said.append({"check": check.check.name(), "level": level, "on": on})
    return said


def evidently(case: Case) -> Said:
    from evidently import DataDefinition, Dataset, Report  # noqa: PLC0415
    from evidently.presets import DataDriftPreset, DataSummaryPreset  # noqa: PLC0415

    words = list(case.train.X.select_dtypes(exclude="number"))
    numbers = [c for c in case.train.X if c not in words]
    about = DataDefinition(
        numerical_columns=numbers + (["target"] if case.kind == "regression" else []),
        categorical_columns=words + ([] if case.kind == "regression" else ["target"]),
    )

    def dataset(rows: Rows) -> Any:
        return Dataset.from_pandas(rows.X.assign(target=rows.y), data_definition=about)

    old, new, on = case.train, case.test, "test"
    if case.production is not None:
        old, new, on = case.test, case.production, "production"
    report = Report([DataDriftPreset(), DataSummaryPreset()], include_tests=True)
    tests = json.loads(report.run(dataset(new), dataset(old)).json())["tests"]
    said = []
    for test in tests:
        if test["status"] not in {"FAIL", "TestStatus.FAIL"}:
            continue
        said.append({"check": _evidently_check(test), "level": "error", "on": on})
    return said


def _evidently_check(test: dict[str, Any]) -> str:
    text = f"{test.get('name')} {json.dumps(test.get('metric_config', {}))}".lower()
    if "driftedcolumns" in text or "share of drifted" in text or "drifted columns" in text:
        return "drifted columns"
    if "drift" in text:
        return "target drift" if "target" in text else "column drift"
    if "missing" in text:
        return "missing values"
    if "duplicate" in text:
        return "duplicated rows"
    return str(test.get("name"))


def nannyml(case: Case) -> Said:
    import nannyml as peer  # noqa: PLC0415

    if case.production is None:
        return []
    model = clone(case.model).fit(case.train.X, case.train.y)
    reference, analysis = (_scored(model, rows, case) for rows in (case.test, case.production))
    kind = {"binary": "classification_binary", "multiclass": "classification_multiclass"}.get(
        case.kind, "regression"
    )
    size = max(len(analysis) // 3, 100)
    columns = list(case.train.X)
    words = [c for c in columns if case.train.X[c].dtype.kind not in "iufb"]
    told: dict[str, Any] = {"y_pred": "y_pred", "y_true": "y_true", "chunk_size": size}
    common = told | {"problem_type": kind}
    if kind != "regression":
        k = int(case.train.y.max()) + 1
        proba = "p1" if k == 2 else {i: f"p{i}" for i in range(k)}
        common |= {"y_pred_proba": proba, "metrics": ["roc_auc"]}
        estimator = peer.CBPE(**common)
    else:
        common |= {"metrics": ["mse"]}
        estimator = peer.DLE(feature_column_names=columns, metrics=["mse"], **told)
    realised = peer.PerformanceCalculator(**common)
    found = {
        "estimated performance": _alerts(estimator.fit(reference).estimate(analysis)),
        "realised": _alerts(realised.fit(reference).calculate(analysis)),
        "univariate drift": _alerts(
            peer.UnivariateDriftCalculator(column_names=columns, chunk_size=size)
            .fit(reference).calculate(analysis)
        ),
        "target drift": _alerts(
            peer.UnivariateDriftCalculator(
                column_names=["y_true"], chunk_size=size,
                treat_as_categorical=[] if kind == "regression" else ["y_true"],
            ).fit(reference).calculate(analysis)
        ),
        "missing values": _alerts(
            peer.MissingValuesCalculator(column_names=columns, chunk_size=size)
            .fit(reference).calculate(analysis)
        ),
    }  # fmt: skip
    if words:
        found["unseen values"] = _alerts(
            peer.UnseenValuesCalculator(column_names=words, chunk_size=size)
            .fit(reference).calculate(analysis)
        )  # fmt: skip
    dropped = found.pop("realised")
    found["realised and not estimated performance"] = (
        dropped and not found["estimated performance"]
    )
    return [{"check": name, "level": "error", "on": "production"}
            for name, alert in found.items() if alert]  # fmt: skip


def _scored(model: Any, rows: Rows, case: Case) -> pd.DataFrame:
    frame = rows.X.assign(y_true=rows.y, y_pred=model.predict(rows.X))
    if case.kind != "regression":
        p = model.predict_proba(rows.X)
        frame = frame.assign(**{f"p{i}": p[:, i] for i in range(p.shape[1])})
    return frame


def _alerts(result: Any) -> bool:
    """Whether more than half of the chunks after the reference raise an alert."""
    frame = result.filter(period="analysis").to_df()
    alerts = [c for c in frame.columns if "alert" in (c if isinstance(c, tuple) else (c,))]
    return any(float(frame[c].astype(float).mean()) > 0.5 for c in alerts)


def cleanlab(case: Case) -> Said:
    from cleanlab import Datalab  # noqa: PLC0415

    X, y = case.train.X, case.train.y
    task = "regression" if case.kind == "regression" else "classification"
    method = "predict" if task == "regression" else "predict_proba"
    told = cross_val_predict(clone(case.model), X, y, cv=5, method=method)
    plain = pd.get_dummies(X, dummy_na=False).astype(float)
    plain = ((plain - plain.mean()) / plain.std().replace(0, 1)).fillna(0.0)
    lab = Datalab(data={"y": y}, label_name="y", task=task, verbosity=0)
    lab.find_issues(features=plain.to_numpy(),
                    **({"pred_probs": told} if told.ndim > 1 else {}))  # fmt: skip
    return [
        {"check": row["issue_type"], "on": "test",
         "level": "error" if row["num_issues"] > 0.05 * len(y) else "warning",
         "size": int(row["num_issues"])}
        for _, row in lab.get_issue_summary().iterrows()
        if row["num_issues"] > 0
    ]  # fmt: skip


PEERS = {
    "skore": skore, "deepchecks": deepchecks, "evidently": evidently, "nannyml": nannyml,
    "cleanlab": cleanlab,
}  # fmt: skip


class TooLongError(Exception):
    """The time limit of one case is over: the processor's time, whatever else is running."""


def _over(_signal: int, _frame: Any) -> None:
    raise TooLongError


def main(peer: str, seconds: str) -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    signal.signal(signal.SIGPROF, _over)
    answers, sys.stdout = sys.stdout, sys.stderr  # peers print too
    for name in sys.stdin.read().split("\n"):
        if not name:
            continue
        table, family, fault, severity, seed = name.split("/")
        case = make(tables.load(table), family, fault, int(severity), int(seed))
        assert case is not None, name
        started, wall = time.process_time(), time.monotonic()
        line: dict[str, Any] = {"name": name, "peer": peer}
        signal.setitimer(signal.ITIMER_PROF, float(seconds))
        try:
            line["said"] = PEERS[peer](case)
        except TooLongError:
            line["error"] = f"more than {seconds} s of the processor"
        except Exception as error:  # noqa: BLE001 (whatever a peer raises is its result)
            line["error"] = f"{type(error).__name__}: {str(error)[:200]}"
        signal.setitimer(signal.ITIMER_PROF, 0)
        line["seconds"] = round(time.process_time() - started, 2)
        line["wall"] = round(time.monotonic() - wall, 2)
        print(json.dumps(line), file=answers, flush=True)


if __name__ == "__main__":
    np.random.seed(0)  # peers draw from the global generator
    main(*sys.argv[1:3])
