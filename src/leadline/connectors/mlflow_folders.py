"""MLflow model folders, read without MLflow where their files run no code.

`MLmodel` lists flavours. Boosters of XGBoost, LightGBM and CatBoost are stored in these
libraries' own formats, and models of scikit-learn's kind (LightGBM's, too) may be stored by
skops: those are loaded safely. Everything else is a pickle.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leadline.errors import ConfigurationError, ConnectorError

if TYPE_CHECKING:
    from collections.abc import Mapping

Flavour = dict[str, str]

PICKLES = {"pickle", "cloudpickle", ""}


def read_flavours(folder: Path) -> dict[str, Flavour]:
    """Return flavour → its settings, from the folder's MLmodel file.

    The file is YAML, of which MLflow writes a small part here: names and plain values.
    """
    try:
        lines = (folder / "MLmodel").read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConnectorError(
            f"{folder}/MLmodel cannot be read: {error}", permanent=True
        ) from None
    found: dict[str, Flavour] = {}
    inside, flavour, depth = False, "", 0
    for line in lines:
        text, indent = line.strip(), len(line) - len(line.lstrip())
        if not text or text.startswith("#"):
            continue
        if indent == 0:
            inside = text == "flavors:"
            flavour = ""
            continue
        if not inside:
            continue
        name, _, value = text.partition(":")
        if not flavour or indent <= depth:
            flavour, depth = name, indent
            found[flavour] = {}
        else:
            found[flavour].setdefault(name, value.strip().strip("'\""))
    return found


def load_safely(folder: Path, flavours: Mapping[str, Flavour]) -> Any:
    """Return the model of a flavour that runs no code, None where there is none."""
    for name, load in _SAFE.items():
        if name in flavours:
            return load(folder, flavours[name])
    return None


def pickle_of(folder: Path, flavours: Mapping[str, Flavour]) -> Path | None:
    """Return the pickle of a scikit-learn model, None where there is none."""
    settings = flavours.get("sklearn")
    if settings is None or settings.get("serialization_format", "") not in PICKLES:
        return None
    return _file(folder, settings.get("pickled_model", "model.pkl"))


def skops_of(folder: Path, flavours: Mapping[str, Flavour]) -> Path | None:
    """Return the skops file of any flavour, None where there is none."""
    for settings in flavours.values():
        stored = settings.get("pickled_model") or settings.get("data") or "model.skops"
        # MLflow writes the format beside boosters too, which are stored in their own
        if settings.get("serialization_format") == "skops" and stored.endswith(".skops"):
            return _file(folder, stored)
    return None


def _xgboost(folder: Path, settings: Flavour) -> Any:
    library = _library("xgboost")
    name = settings.get("model_class", "").rpartition(".")[2]
    known = {"XGBClassifier", "XGBRegressor", "XGBRanker", "XGBRFClassifier", "XGBRFRegressor"}
    model = getattr(library, name)() if name in known else library.Booster()
    model.load_model(str(_file(folder, settings.get("data", "model.xgb"))))
    return model


def _lightgbm(folder: Path, settings: Flavour) -> Any:
    path = _file(folder, settings.get("data", "model.lgb"))
    if path.suffix == ".pkl":
        return None  # a scikit-learn wrapper is stored as a pickle
    return _library("lightgbm").Booster(model_file=str(path))


def _catboost(folder: Path, settings: Flavour) -> Any:
    library = _library("catboost")
    name = settings.get("model_type", "CatBoost")
    known = {"CatBoost", "CatBoostClassifier", "CatBoostRegressor"}
    model = getattr(library, name if name in known else "CatBoost")()
    kind = settings.get("save_format", "cbm")
    return model.load_model(str(_file(folder, settings.get("data", "model.cb"))), format=kind)


_SAFE = {"xgboost": _xgboost, "lightgbm": _lightgbm, "catboost": _catboost}


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise ConfigurationError(
            f"reading this model needs {name}, which is not installed",
            hint=f"pip install {name}",
        ) from None


def _file(folder: Path, name: str) -> Path:
    """Return a file inside of the folder; MLmodel may not point elsewhere."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ConnectorError(f"{folder}/MLmodel points outside of its folder", permanent=True)
    if not path.exists():
        raise ConnectorError(f"{folder} lacks {name}, which MLmodel names", permanent=True)
    return path
