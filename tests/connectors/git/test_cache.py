from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from leadline.connectors import whole_files
from leadline.connectors.git import cache, copy_of, read_history
from leadline.connectors.git import history as reading
from leadline.practice.knowledge import History
from tests.made_repository import MadeRepository, git


@pytest.fixture
def repository(tmp_path: Path) -> MadeRepository:
    made = MadeRepository(tmp_path / "ranking")
    made.commit(write={"a.py": "1", "b.py": "2"})
    made.commit(rename={"b.py": "c.py"}, by="Ana <ana@example.com>")
    return made


def asked_of_git(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Collect which commits every `git log` was told to be known already."""
    asked: list[list[str]] = []
    real = reading.read_log

    def noted(*arguments: object, **options: object) -> None:
        asked.append(list(options["known"]))  # type: ignore[call-overload]
        real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "read_log", noted)
    return asked


def test_a_refresh_reads_only_what_is_new(
    repository: MadeRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = asked_of_git(monkeypatch)
    folder = tmp_path / "cache"
    first = read_history(repository.path, cache_folder=folder)
    again = read_history(repository.path, cache_folder=folder)
    repository.commit(write={"d.py": "1"})
    grown = read_history(repository.path, cache_folder=folder)
    # once from nothing, never for the same head, then from the head read last
    assert asked == [[], [first.head]]
    assert again == first
    # oracle: the same, read from nothing
    assert _as_sets(grown) == _as_sets(read_history(repository.path))
    assert len(grown.touches) == 3


def test_many_refreshes_give_the_same_as_one_reading(tmp_path: Path) -> None:
    made = MadeRepository(tmp_path / "x")
    for number in range(12):
        base = made.commit(
            write={f"{number % 5}.py": str(number)}, by=f"P <p{number % 3}@e.org>"
        )
        if number % 4 == 3:
            side = made.commit(write={"side.py": str(number)}, branch="side", start=base)
            made.commit(write={"side.py": str(number)}, merge=(side,))
        grown = read_history(made.path, cache_folder=tmp_path / "cache")
    whole = read_history(made.path)
    assert _as_sets(grown) == _as_sets(whole)


def _as_sets(history: History) -> list[tuple[str, list[tuple[int, str, str]]]]:
    """Commits with names for indices; branches may stand in another order."""
    touches = history.touches
    return sorted(
        (
            history.authors[touches.author[commit]].email,
            sorted((k, history.paths[p], history.paths[s]) for k, p, s in touches.rows(commit)),
        )
        for commit in range(len(touches))
    )


def test_a_rewritten_history_is_noticed_said_and_read_again(
    repository: MadeRepository, tmp_path: Path
) -> None:
    folder = tmp_path / "cache"
    old = read_history(repository.path, cache_folder=folder)
    start = git(repository.path, "rev-parse", "main~1")
    git(repository.path, "update-ref", "refs/heads/main", start)
    repository.commit(write={"z.py": "1"})
    new = read_history(repository.path, cache_folder=folder)
    assert old.head[:10] in new.notes[0]
    assert "rewritten" in new.notes[0]
    assert set(new.paths) == {"a.py", "b.py", "z.py"}
    assert read_history(repository.path, cache_folder=folder).notes == ()


def test_a_head_that_was_thrown_away_is_a_rewritten_history(
    repository: MadeRepository, tmp_path: Path
) -> None:
    folder = tmp_path / "cache"
    read_history(repository.path, cache_folder=folder)
    start = git(repository.path, "rev-parse", "main~1")
    git(repository.path, "update-ref", "refs/heads/main", start)
    git(repository.path, "reflog", "expire", "--expire=now", "--all")
    git(repository.path, "gc", "--quiet", "--prune=now")
    assert "rewritten" in read_history(repository.path, cache_folder=folder).notes[0]


@pytest.mark.parametrize("damage", ["cut", "flip", "foreign", "empty"])
def test_a_damaged_copy_is_noticed_and_rebuilt(
    damage: str, repository: MadeRepository, tmp_path: Path
) -> None:
    folder = tmp_path / "cache"
    sound = read_history(repository.path, cache_folder=folder)
    (file,) = copy_of(repository.path, cache_folder=folder)
    content = bytearray(file.read_bytes())
    content[-3] ^= 1
    file.write_bytes(
        {
            "cut": bytes(content[:-9]),
            "flip": bytes(content),
            "foreign": b"x" * 99,
            "empty": b"",
        }[damage]
    )
    assert cache.load(file) is None
    assert read_history(repository.path, cache_folder=folder) == sound
    assert cache.load(file) is not None


def test_a_failed_git_leaves_the_copy_as_it_was(
    repository: MadeRepository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache"
    read_history(repository.path, cache_folder=folder)
    (file,) = copy_of(repository.path, cache_folder=folder)
    before = file.read_bytes()
    repository.commit(write={"d.py": "1"})

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(whole_files.os, "fsync", killed)  # type: ignore[attr-defined]
    with pytest.raises(KeyboardInterrupt):
        read_history(repository.path, cache_folder=folder)
    assert file.read_bytes() == before
    assert list(folder.iterdir()) == [file]


@pytest.mark.slow
def test_two_processes_at_once_lose_nothing(repository: MadeRepository, tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    spawn = multiprocessing.get_context("fork")
    processes = [
        spawn.Process(target=_read_twice, args=(repository.path, folder)) for _ in range(2)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)
    assert [process.exitcode for process in processes] == [0, 0]
    stored = cache.load(copy_of(repository.path, cache_folder=folder)[0])
    assert stored is not None
    assert len(stored[1].touches) == 2


def _read_twice(path: Path, folder: Path) -> None:
    for _ in range(5):
        read_history(path, cache_folder=folder)
        for file in folder.glob("*.history"):
            file.unlink(missing_ok=True)
    read_history(path, cache_folder=folder)
