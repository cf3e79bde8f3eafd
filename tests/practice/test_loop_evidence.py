"""What files show: by the names that teams give them, listed here by hand."""

from leadline.practice.loop_evidence import (
    baseline_place,
    deciding_folders,
    evaluation_place,
    watch_place,
)

PATHS = (
    "serving/fallback.py", "serving/api.py", "evaluation/replay.py", "deploy/alerts.yaml",
    "features/text.py", "src/features/deep/price.py", "README.md",
)  # fmt: skip


def test_files_are_found_by_their_names() -> None:
    assert baseline_place(PATHS) == "serving/fallback.py"
    assert evaluation_place(PATHS) == "evaluation/replay.py"
    assert watch_place(PATHS) == "deploy/alerts.yaml"
    assert deciding_folders(PATHS) == ("evaluation", "features", "src/features")


def test_nothing_is_found_in_words_that_only_contain_them() -> None:
    others = ("retrieval/x.py", "calerts.py", "misheuristical.py", "driftwood.md")
    assert baseline_place(others) == ""
    assert evaluation_place(others) == ""
    assert watch_place(others) == ""
    assert deciding_folders(others) == ()
