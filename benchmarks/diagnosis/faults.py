"""Faults, and what undoing each of them would truly gain (measured on many clean rows)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

FAULTS = (
    "none", "none_forest", "benign_drift", "small_holdout", "world_noise", "rare_class",
    "overfit", "underfit", "small_data", "covariate", "concept", "label_shift", "noise_train",
    "noise_both", "leak", "leak_weak", "duplicates", "miscalibrated", "unit", "nulls",
    "feature_removed", "threshold",
)  # fmt: skip
BENIGN = FAULTS[:6]
CLIP = 1e-6


@dataclass
class Built:
    model: Any
    kwargs: dict
    expected: set
    oracle: dict = field(default_factory=dict)
    base: float = np.nan
    constant: float = np.nan


def is_class(y):
    return y.dtype.kind == "i"


def loss(y, p):
    if not is_class(y):
        return (y - p) ** 2
    return -np.log(np.clip(p[np.arange(len(y)), y], CLIP, 1))


def scores(model, X, y):
    if not is_class(y):
        return model.predict(X)
    out = np.zeros((len(X), int(y.max()) + 1))
    p = model.predict_proba(X)
    out[:, model.classes_.astype(int)] = p
    return out


def mean_loss(model, X, y):
    return float(loss(y, scores(model, X, y)).mean())


def family(name, y, seed, n):
    c = is_class(y)
    leaf = max(5, n // 400)
    if name == "linear":
        last = LogisticRegression(max_iter=500) if c else Ridge()
        return make_pipeline(SimpleImputer(), StandardScaler(), last)
    if name == "forest":
        kind = RandomForestClassifier if c else RandomForestRegressor
        return make_pipeline(
            SimpleImputer(), kind(60, min_samples_leaf=5, max_features=0.5, random_state=seed)
        )
    kind = HistGradientBoostingClassifier if c else HistGradientBoostingRegressor
    return kind(learning_rate=0.08, max_iter=120, max_leaf_nodes=15, min_samples_leaf=max(20, leaf),
                l2_regularization=1.0, random_state=seed)


def tuned(y, seed, n):
    c = is_class(y)
    boost = HistGradientBoostingClassifier if c else HistGradientBoostingRegressor
    forest = RandomForestClassifier if c else RandomForestRegressor
    out = [
        boost(learning_rate=lr, max_iter=it, max_leaf_nodes=ln, min_samples_leaf=20,
              l2_regularization=1.0, random_state=seed)
        for lr, it, ln in ((0.05, 150, 15), (0.05, 300, 31), (0.03, 150, 6))
    ]
    out.append(make_pipeline(SimpleImputer(), forest(100, min_samples_leaf=3, max_features=0.5,
                                                    random_state=seed, n_jobs=2)))
    for reg in (1.0, 0.01):
        last = LogisticRegression(C=reg, max_iter=500) if c else Ridge(alpha=1 / reg)
        out.append(make_pipeline(SimpleImputer(), StandardScaler(), last))
    return out


class Sharpened:
    """A model whose probabilities are too sure (power > 1) or too timid (power < 1)."""

    def __init__(self, inner=None, power=3.0):
        self.inner, self.power = inner, power

    def get_params(self, deep=True):
        return {"inner": self.inner, "power": self.power}

    def set_params(self, **kw):
        for k, v in kw.items():
            setattr(self, k, v)
        return self

    def fit(self, X, y):
        self.fitted_ = clone(self.inner).fit(X, y)
        if is_class(np.asarray(y)):
            self.classes_ = self.fitted_.classes_
        else:
            self.mean_ = float(np.mean(y))
        return self

    def __sklearn_clone__(self):
        return Sharpened(clone(self.inner), self.power)

    def __getattr__(self, name):
        if name == "predict_proba" and hasattr(self.inner, "predict_proba"):
            return self._proba
        raise AttributeError(name)

    def _proba(self, X):
        p = np.clip(self.fitted_.predict_proba(X), 1e-5, 1) ** self.power
        return p / p.sum(axis=1, keepdims=True)

    def predict(self, X):
        if hasattr(self, "mean_"):
            return self.mean_ + (self.fitted_.predict(X) - self.mean_) * (1 + 0.25 * self.power)
        return self.classes_[self._proba(X).argmax(axis=1)]


def flip(y, rate, rng, kind="symmetric"):
    y = y.copy()
    if not is_class(y):
        hit = rng.random(y.size) < rate
        y[hit] += rng.choice([-1, 1], size=hit.sum()) * rng.uniform(5, 12, size=hit.sum()) * y.std()
        return y
    k = int(y.max()) + 1
    hit = rng.random(y.size) < rate
    if kind == "class":
        hit &= y == 1
    y[hit] = (y[hit] + rng.integers(1, k, size=hit.sum())) % k
    return y


def strongest(X, y, seed):
    """Columns by importance in a boosted model, the strongest first."""
    from sklearn.inspection import permutation_importance

    model = tuned(y, seed, 4000)[0].fit(X[:4000], y[:4000])
    found = permutation_importance(model, X[4000:6000], y[4000:6000], n_repeats=1, random_state=0)
    return [X.columns[i] for i in np.argsort(-found.importances_mean)]


def build(fault, name, severity, X, y, *, seed):
    """Return the case, with the true gain of every remedy that bears on it."""
    rng = np.random.default_rng([seed, 5])
    N = len(y)
    scale = 1.0 if N > 10_000 else N / 10_000
    n_train = int([2500, 4000, 7000][seed % 3] * scale)
    n_test, n_prod = int(3000 * scale), int(3000 * scale)
    if fault == "small_data":
        n_train = [900, 500, 300][severity]
    if fault == "small_holdout":
        n_test = 200
    used = n_train + n_test + n_prod
    cut = np.cumsum([n_train, n_test, n_prod])
    tr, te, pr = slice(0, cut[0]), slice(cut[0], cut[1]), slice(cut[1], cut[2])
    # a second training set and a large clean test set for the oracle
    rest = N - cut[2]
    more = slice(cut[2], cut[2] + min(n_train, rest // 2))
    big = slice(cut[2] + min(n_train, rest // 2), min(N, cut[2] + min(n_train, rest // 2) + 8000))
    Xtr, ytr, Xte, yte = X[tr].copy(), y[tr].copy(), X[te].copy(), y[te].copy()
    Xpr, ypr = X[pr].copy(), y[pr].copy()
    Xbig, ybig = X[big].copy(), y[big].copy()
    Xmore, ymore = X[more].copy(), y[more].copy()
    c = is_class(y)
    model = family(name, y, seed, n_train)
    kwargs, expected, extra = {}, set(), {}
    target_X, target_y = Xbig, ybig  # where the truth is measured
    if fault == "none_forest":
        kind = RandomForestClassifier if c else RandomForestRegressor
        model = make_pipeline(SimpleImputer(), kind(100, random_state=seed, n_jobs=2))
    if fault == "rare_class" and c:
        def thin(A, b, keep):
            k = (b != 1) | (np.random.default_rng([seed, len(b)]).random(b.size) < keep)
            return A[k].reset_index(drop=True), b[k]
        (Xtr, ytr), (Xte, yte), (Xbig, ybig), (Xmore, ymore) = [
            thin(A, b, 0.08) for A, b in ((Xtr, ytr), (Xte, yte), (Xbig, ybig), (Xmore, ymore))]
        target_X, target_y = Xbig, ybig
    if fault == "world_noise":
        if c:
            keep = 0.75
            mix = lambda b, s: flip(b, 1 - keep, np.random.default_rng([seed, s]))
        else:
            mix = lambda b, s: b + np.random.default_rng([seed, s]).normal(size=b.size) * y.std()
        ytr, yte, ybig, ymore = mix(ytr, 1), mix(yte, 2), mix(ybig, 3), mix(ymore, 4)
        target_y = ybig
    if fault == "benign_drift":
        for A in (Xtr, Xte, Xbig, Xmore, Xpr):
            A["unused"] = rng.normal(size=len(A))
        Xpr["unused"] += 3
        kwargs = {"X_production": Xpr, "y_production": ypr}
    if fault == "overfit":
        expected = {"overfitting"}
        if name == "linear":
            kind = DecisionTreeClassifier if c else DecisionTreeRegressor
            model = make_pipeline(SimpleImputer(), kind(random_state=seed, min_samples_leaf=[3, 2, 1][severity]))
        elif name == "forest":
            kind = RandomForestClassifier if c else RandomForestRegressor
            model = make_pipeline(SimpleImputer(), kind([10, 5, 3][severity], bootstrap=severity < 1, max_features=None,
                         random_state=seed))
        else:
            model.set_params(max_iter=[400, 800, 1200][severity], learning_rate=0.3,
                             max_leaf_nodes=63, min_samples_leaf=2, l2_regularization=0.0)
    if fault == "underfit":
        expected = {"underfitting"}
        if name == "linear":
            reg = [3e-4, 1e-4, 3e-5][severity]
            last = LogisticRegression(C=reg) if c else Ridge(alpha=1 / reg)
            model = make_pipeline(SimpleImputer(), StandardScaler(), last)
        elif name == "forest":
            kind = RandomForestClassifier if c else RandomForestRegressor
            model = make_pipeline(SimpleImputer(), kind(50, max_depth=[3, 2, 1][severity], random_state=seed))
        else:
            model.set_params(max_iter=[15, 8, 4][severity], max_leaf_nodes=4, learning_rate=0.1)
    if fault == "small_data":
        expected = {"not_enough_data"}
    if fault in {"covariate", "concept", "label_shift"}:
        columns = strongest(X, y, seed)
    if fault == "covariate":
        # production comes from a region that is rare in training
        expected = {"covariate_shift"}
        col = columns[0]
        lim = X[col].quantile(0.7)
        keep = [0.1, 0.05, 0.02][severity]
        rare = lambda A: (A[col] <= lim).to_numpy() | (np.random.default_rng([seed, len(A)]).random(len(A)) < keep)
        k = rare(Xtr); Xtr, ytr = Xtr[k].reset_index(drop=True), ytr[k]
        k = rare(Xte); Xte, yte = Xte[k].reset_index(drop=True), yte[k]
        k = rare(Xmore); Xmore, ymore = Xmore[k].reset_index(drop=True), ymore[k]
        k = (Xpr[col] > lim).to_numpy(); Xpr, ypr = Xpr[k].reset_index(drop=True), ypr[k]
        k = (Xbig[col] > lim).to_numpy(); target_X, target_y = Xbig[k].reset_index(drop=True), ybig[k]
        kwargs = {"X_production": Xpr, "y_production": ypr}
    if fault == "concept":
        expected = {"concept_drift"}
        col = columns[1]
        lim = X[col].quantile([0.8, 0.65, 0.5][severity])
        def turn(A, b):
            b = b.copy(); hit = (A[col] > lim).to_numpy()
            if c:
                k = int(y.max()) + 1
                b[hit] = (b[hit] + 1) % k
            else:
                b[hit] += 0.8 * y.std()
            return b
        ypr, target_y = turn(Xpr, ypr), turn(Xbig, ybig)
        kwargs = {"X_production": Xpr, "y_production": ypr}
    if fault == "label_shift" and c:
        expected = {"label_shift"}
        keep = [0.3, 0.2, 0.1][severity]
        def thin(A, b, s):
            k = (b != 0) | (np.random.default_rng([seed, s]).random(b.size) < keep)
            return A[k].reset_index(drop=True), b[k]
        Xpr, ypr = thin(Xpr, ypr, 1)
        target_X, target_y = thin(Xbig, ybig, 2)
        kwargs = {"X_production": Xpr, "y_production": ypr}
    if fault in {"noise_train", "noise_both"}:
        expected = {"label_noise"}
        rate = [0.1, 0.2, 0.3][severity] if c else [0.02, 0.04, 0.08][severity]
        clean = ytr.copy()
        ytr = flip(ytr, rate, rng, "symmetric" if seed % 2 else "class")
        ymore = flip(ymore, rate, rng, "symmetric" if seed % 2 else "class")
        if fault == "noise_both":
            yte = flip(yte, rate, rng, "symmetric" if seed % 2 else "class")
        extra["label_noise"] = lambda: mean_loss(clone(model).fit(Xtr, clean), target_X, target_y)
    if fault in {"leak", "leak_weak"}:
        expected = {"leakage"}
        noise = [0.05, 0.1, 0.2][severity] * (1 if fault == "leak" else 1.6)
        for A, b in ((Xtr, ytr), (Xte, yte), (Xmore, ymore)):
            v = (b == 1).astype(float) if c else (b - y.mean()) / y.std()
            if c:
                k = rng.random(b.size) < noise
                v = np.where(k, 1 - v, v) + rng.normal(size=b.size) * 0.1
            else:
                v = v + rng.normal(size=b.size) * noise * 2
            A["status"] = v
        target_X = target_X.assign(status=rng.permutation(np.resize(Xtr["status"], len(target_X))))
    if fault == "duplicates":
        expected = {"leakage"}
        share = [0.2, 0.4, 0.7][severity]
        k = int(share * len(Xte))
        Xtr = pd.concat([Xtr, Xte[:k]], ignore_index=True)
        ytr = np.concatenate([ytr, yte[:k]])
        perm = rng.permutation(len(ytr)); Xtr, ytr = Xtr.iloc[perm].reset_index(drop=True), ytr[perm]
    if fault == "miscalibrated":
        expected = {"miscalibration"}
        model = Sharpened(model, power=[1.8, 2.5, 4.0][severity])
    if fault in {"unit", "nulls"}:
        expected = {"data_quality"}
        columns = strongest(X, y, seed)
        Xclean = Xpr.copy()
        for col in columns[: 1 + severity // 2]:
            if fault == "unit":
                Xpr[col] = Xpr[col] * [10, 100, 1000][severity]
            else:
                Xpr.loc[rng.random(len(Xpr)) < [0.3, 0.5, 0.8][severity], col] = np.nan
        kwargs = {"X_production": Xpr, "y_production": ypr}
        target_X, target_y = Xpr, ypr
        extra["data_quality"] = lambda: mean_loss(base, Xclean, ypr)
    if fault == "feature_removed":
        expected = {"missing_information"}
        columns = strongest(X, y, seed)[: 1 + severity]
        kwargs = {"candidates": (Xtr[columns], Xte[columns])}
        Xfull, Xfull_big = Xtr.copy(), target_X.copy()
        Xtr, Xte, Xmore, target_X = [A.drop(columns=columns) for A in (Xtr, Xte, Xmore, target_X)]
        extra["missing_information"] = lambda: mean_loss(clone(model).fit(Xfull, ytr), Xfull_big, target_y)
    if fault == "threshold" and c:
        expected = {"imbalance"}
        kwargs = {"metric": "f1"}
        keep = [0.3, 0.2, 0.1][severity]
        def thin(A, b, s):
            k = (b != 1) | (np.random.default_rng([seed, s]).random(b.size) < keep)
            return A[k].reset_index(drop=True), (b[k] == 1).astype(int)
        (Xtr, ytr), (Xte, yte), (target_X, target_y), (Xmore, ymore) = [
            thin(A, b, s) for s, (A, b) in enumerate(((Xtr, ytr), (Xte, yte), (target_X, target_y), (Xmore, ymore)))]
    base = clone(model).fit(Xtr, ytr)
    built = Built(model=model, kwargs={"X_train": Xtr, "y_train": ytr, "X_test": Xte, "y_test": yte,
                                       "random_state": seed, **kwargs}, expected=expected)
    built.base = mean_loss(base, target_X, target_y)
    target_has_train_dist = fault not in {"covariate", "concept", "label_shift", "unit", "nulls", "leak", "leak_weak"}
    prior = (np.bincount(ytr, minlength=int(y.max()) + 1) / len(ytr)) if c else ytr.mean()
    built.constant = float(loss(target_y, np.tile(prior, (len(target_y), 1)) if c else np.full(len(target_y), prior)).mean())
    after = {}
    if target_has_train_dist:
        options = [m.fit(Xtr, ytr) for m in tuned(y, seed, n_train)]
        losses = [mean_loss(m, target_X, target_y) for m in options]
        k = int(np.argmin(losses))
        closer = mean_loss(options[k], Xtr, ytr) < mean_loss(base, Xtr, ytr)
        after["underfitting" if closer else "overfitting"] = losses[k]
        if min(losses[k], built.base) == built.base or True:
            learner = options[k] if losses[k] < built.base else base
            again = clone(learner).fit(pd.concat([Xtr, Xmore], ignore_index=True), np.concatenate([ytr, ymore]))
            now = min(losses[k], built.base)
            after["not_enough_data"] = built.base - (now - mean_loss(again, target_X, target_y))
        after["miscalibration"] = _recalibrated(base, target_X, target_y)
    elif fault in {"covariate", "concept", "label_shift"}:
        h = len(target_y) // 2
        key = next(iter(expected))
        together = pd.concat([Xtr, target_X[:h]], ignore_index=True), np.concatenate([ytr, target_y[:h]])
        options = [mean_loss(clone(m).fit(*d), target_X[h:], target_y[h:])
                   for m in (model, tuned(y, seed, n_train)[1]) for d in (together, (target_X[:h], target_y[:h]))]
        built.base = mean_loss(base, target_X[h:], target_y[h:])
        after[key] = min(options)
    for key, f in extra.items():
        after[key] = f()
    built.oracle = {k: built.base - v for k, v in after.items()}
    return built


def _recalibrated(base, X, y):
    h = len(y) // 2
    s = scores(base, X, y)
    if is_class(y):
        f = lambda p: np.log(np.clip(p, 1e-4, 1))
        m = LogisticRegression(C=10, max_iter=300).fit(f(s[:h]), y[:h])
        out = np.full((len(y) - h, s.shape[1]), 1e-6)
        out[:, m.classes_] = m.predict_proba(f(s[h:]))
        gain = loss(y[h:], s[h:]).mean() - loss(y[h:], out).mean()
    else:
        b, a = np.polyfit(s[:h], y[:h], 1)
        gain = loss(y[h:], s[h:]).mean() - loss(y[h:], a + b * s[h:]).mean()
    return mean_loss(base, X, y) - float(gain)
