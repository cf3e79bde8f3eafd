from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from leadline.connectors.git import read_history
from leadline.errors import ConnectorError
from leadline.practice.knowledge import ADDED, DELETED, MODIFIED, RENAMED, History
from tests.made_repository import DAY, NOON, MadeRepository, git

LETTERS = {ADDED: "A", MODIFIED: "M", DELETED: "D", RENAMED: "R"}


@pytest.fixture
def repository(tmp_path: Path) -> MadeRepository:
    return MadeRepository(tmp_path / "ranking")


def touches_of(history: History) -> list[tuple[str, int, list[tuple[str, str, str]]]]:
    """Every commit as (address, seconds, touches), oldest first, touches sorted."""
    return [
        (
            history.authors[history.touches.author[commit]].email,
            history.touches.at[commit],
            sorted(
                (LETTERS[kind], history.paths[source], history.paths[path])
                for kind, path, source in history.touches.rows(commit)
            ),
        )
        for commit in range(len(history.touches))
    ]


def touches_as_git_prints_them(path: Path) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The oracle: git's own human log, read line by line (for plain names only)."""
    printed = git(path, "log", "--name-status", "-M100%", "--format=@%ae")
    commits: list[tuple[str, list[tuple[str, str, str]]]] = []
    for line in printed.splitlines():
        if line.startswith("@"):
            commits.append((line[1:], []))
        elif line:
            status, *paths = line.split("\t")
            commits[-1][1].append((status[0], paths[0], paths[-1]))
    return [(email, sorted(touches)) for email, touches in reversed(commits)]


def test_every_commit_comes_with_its_author_time_and_touches(
    repository: MadeRepository,
) -> None:
    repository.commit(write={"a.py": "1", "b.py": "2"})
    repository.commit(write={"a.py": "3"}, by="Ana <ana@example.com>")
    repository.commit(rename={"b.py": "lib/b.py"}, delete=("a.py",))
    history = read_history(repository.path)
    # oracle: the three commits above
    assert touches_of(history) == [
        ("mira@example.com", NOON + DAY, [("A", "a.py", "a.py"), ("A", "b.py", "b.py")]),
        ("ana@example.com", NOON + 2 * DAY, [("M", "a.py", "a.py")]),
        (
            "mira@example.com",
            NOON + 3 * DAY,
            [("D", "a.py", "a.py"), ("R", "b.py", "lib/b.py")],
        ),
    ]
    assert history.files == ("lib/b.py",)
    assert (history.name, history.branch, history.notes) == ("ranking", "main", ())


@pytest.mark.parametrize("name", ["datasette", "healthchecks"])
def test_a_real_history_is_read_as_git_prints_it(
    name: str, shared_data: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"{name}.git"
    subprocess.run(["git", "init", "--quiet", "--bare", str(path)], check=True)
    unpacked = subprocess.run(
        ["gzip", "-dc", str(shared_data / "histories" / f"{name}.fi.gz")],
        check=True,
        capture_output=True,
    ).stdout
    git(path, "fast-import", "--quiet", given=unpacked)
    git(path, "symbolic-ref", "HEAD", "refs/heads/ref0")
    history = read_history(path)
    mine = [(email, touches) for email, _, touches in touches_of(history)]
    assert mine == touches_as_git_prints_them(path)
    assert list(history.files) == git(path, "ls-tree", "-r", "--name-only", "HEAD").splitlines()


def test_this_repository_is_read_as_git_prints_it() -> None:
    path = Path(__file__).parent
    history = read_history(path)
    mine = [touches for _, _, touches in touches_of(history)]
    if history.cut:
        pytest.skip("this checkout is shallow")
    assert mine == [touches for _, touches in touches_as_git_prints_them(path)]


def test_names_and_paths_may_hold_anything_but_nul(repository: MadeRepository) -> None:
    odd = ("new\nline.py", "tab\there.py", 'quo"te.py', "@types/x.py", "back\\slash", "Ä ü.py")
    repository.commit(
        write=dict.fromkeys(odd, "x"), by='Zoë "Z" O\'Neil\t\x1b[31m <zoe@example.com>'
    )
    repository.commit(write={b"byte-\xff.py": "x"}, by=b"Jos\xe9 <jose@example.com>")
    history = read_history(repository.path)
    assert set(history.files) == {*odd, "byte-\\xff.py"}
    assert set(history.paths) == set(history.files)
    names = {identity.email: identity.name for identity in history.authors}
    # Latin-1 where it is no UTF-8; control characters cannot reach a terminal
    assert names == {"zoe@example.com": 'Zoë "Z" O\'Neil [31m', "jose@example.com": "José"}


def test_an_octopus_merge_adds_no_touches_of_its_own(repository: MadeRepository) -> None:
    base = repository.commit(write={"base.py": "0"})
    tips = [
        repository.commit(write={f"{name}.py": name}, branch=name, start=base)
        for name in ("one", "two", "three")
    ]
    repository.commit(
        merge=tuple(tips), write={"one.py": "one", "two.py": "two", "three.py": "three"}
    )
    history = read_history(repository.path)
    assert touches_of(history)[-1][2] == []
    assert len(history.touches) == 5
    assert set(history.files) == {"base.py", "one.py", "two.py", "three.py"}


def test_a_submodule_is_no_file(repository: MadeRepository) -> None:
    commit = repository.commit(write={"a.py": "1"})
    listing = git(repository.path, "ls-tree", "HEAD") + f"\n160000 commit {commit}\tvendored\n"
    tree = git(repository.path, "mktree", "--missing", given=listing.encode())
    git(repository.path, "config", "user.email", "a@example.com")
    git(repository.path, "config", "user.name", "A")
    child = git(repository.path, "commit-tree", "-p", commit, "-m", "c", tree)
    git(repository.path, "update-ref", "refs/heads/main", child)
    history = read_history(repository.path)
    assert history.files == ("a.py",)
    assert touches_of(history)[-1][2] == [("A", "vendored", "vendored")]


def test_an_empty_repository_says_so(repository: MadeRepository) -> None:
    history = read_history(repository.path)
    assert (history.head, history.files, len(history.touches)) == ("", (), 0)
    assert history.notes == ("ranking has no commits yet.",)


def test_a_bare_repository_and_a_worktree_read_the_same(
    repository: MadeRepository, tmp_path: Path
) -> None:
    repository.commit(write={"a.py": "1", ".mailmap": "Right <mira@example.com>\n"})
    git(repository.path, "reset", "--quiet", "--hard")
    git(tmp_path, "clone", "--quiet", "--bare", "ranking", "bare.git")
    git(repository.path, "worktree", "add", "--quiet", str(tmp_path / "tree"), "-b", "topic")
    plain, bare, tree = (
        read_history(path)
        for path in (repository.path, tmp_path / "bare.git", tmp_path / "tree")
    )
    assert touches_of(plain) == touches_of(bare) == touches_of(tree)
    assert [h.authors[0].name for h in (plain, bare, tree)] == ["Right"] * 3
    assert [h.name for h in (plain, bare, tree)] == ["ranking", "bare", "ranking"]
    assert tree.branch == "topic"


def test_a_mailmap_works_without_checked_out_files_and_without_a_head(tmp_path: Path) -> None:
    made = MadeRepository(tmp_path / "x", bare=True)
    made.commit(
        write={".mailmap": "Mira Lund <mira@example.com> <m@old.example>\n"}, branch="trunk"
    )
    made.commit(write={"a.py": "1"}, by="mlund <m@old.example>", branch="trunk")
    history = read_history(made.path)
    assert {(i.name, i.email) for i in history.authors} == {("Mira Lund", "mira@example.com")}
    assert history.branch == "trunk"
    assert "the branch that moved last, trunk, was read instead" in history.notes[0]


def test_a_blobless_clone_needs_no_file_contents(
    repository: MadeRepository, tmp_path: Path
) -> None:
    repository.commit(write={"a.py": "1", ".mailmap": "Right <mira@example.com>\n"})
    repository.commit(rename={"a.py": "b.py"})
    git(repository.path, "config", "uploadpack.allowFilter", "true")
    url = f"file://{repository.path}"
    git(tmp_path, "clone", "--quiet", "--bare", "--filter=blob:none", url, "blobless.git")
    blobless = tmp_path / "blobless.git"
    missing = git(blobless, "rev-list", "--objects", "--missing=print", "HEAD").count("?")
    history = read_history(blobless)
    assert [touches for _, _, touches in touches_of(history)][1] == [("R", "a.py", "b.py")]
    assert "its .mailmap could not be read" in history.notes[0]
    # nothing was fetched behind our back: as many objects are missing as before
    after = git(blobless, "rev-list", "--objects", "--missing=print", "HEAD").count("?")
    assert missing == after == 2


def test_a_treeless_clone_is_an_error_that_says_what_to_do(
    repository: MadeRepository, tmp_path: Path
) -> None:
    repository.commit(write={"lib/a.py": "1"})
    repository.commit(write={"lib/a.py": "2"})
    git(repository.path, "config", "uploadpack.allowFilter", "true")
    url = f"file://{repository.path}"
    git(tmp_path, "clone", "--quiet", "--bare", "--filter=tree:0", url, "treeless.git")
    with pytest.raises(ConnectorError, match="git log failed") as caught:
        read_history(tmp_path / "treeless.git")
    assert "--filter=blob:none" in caught.value.hint


def test_a_shallow_clone_says_what_it_cannot_know(
    repository: MadeRepository, tmp_path: Path
) -> None:
    repository.commit(write={"old.py": "1"}, by="Ana Old <ana@example.com>")
    repository.commit(write={"new.py": "1"})
    repository.commit(write={"new.py": "2"})
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{repository.path}", "shallow")
    history = read_history(tmp_path / "shallow", cache_folder=tmp_path / "cache")
    assert history.cut
    assert "fetch --unshallow" in history.notes[0]
    # the commit at the cut did not write what stands there, so it has no touches
    assert [touches for _, _, touches in touches_of(history)] == [
        [],
        [("M", "new.py", "new.py")],
    ]
    git(tmp_path / "shallow", "fetch", "--quiet", "--unshallow")
    whole = read_history(tmp_path / "shallow", cache_folder=tmp_path / "cache")
    assert (whole.cut, whole.notes, len(whole.touches)) == (False, (), 3)


@pytest.mark.parametrize(
    ("written", "read"),
    [("4102444800", 4_102_444_800), ("-86400", None), ("99999999999999999999", None), ("0", 0)],
)
def test_odd_dates_do_not_break_anything(
    written: str, read: int | None, repository: MadeRepository
) -> None:
    repository.commit(write={"a.py": "1"})
    tree = git(repository.path, "rev-parse", "HEAD^{tree}")
    raw = f"tree {tree}\nauthor A <a@example.com> {written} +0000\n"
    raw += f"committer A <a@example.com> {written} +0000\n\nc\n"
    commit = git(
        repository.path,
        *("hash-object", "-t", "commit", "-w", "--literally", "--stdin"),
        given=raw.encode(),
    )
    git(repository.path, "update-ref", "refs/heads/main", commit)
    at = read_history(repository.path).touches.at[0]
    assert at == read if read is not None else -(2**63) < at < 2**63


def test_a_commit_without_an_author_line_has_an_empty_identity(
    repository: MadeRepository,
) -> None:
    repository.commit(write={"a.py": "1"})
    tree = git(repository.path, "rev-parse", "HEAD^{tree}")
    raw = f"tree {tree}\nauthor broken\ncommitter A <a@example.com> 5 +0000\n\nc\n".encode()
    commit = git(
        repository.path,
        *("hash-object", "-t", "commit", "-w", "--literally", "--stdin"),
        given=raw,
    )
    git(repository.path, "update-ref", "refs/heads/main", commit)
    history = read_history(repository.path)
    assert [(i.name, i.email) for i in history.authors] == [("", "")]
    assert touches_of(history)[0][1] == 0


def test_replaced_commits_are_read_as_git_shows_them(
    repository: MadeRepository, tmp_path: Path
) -> None:
    first = repository.commit(write={"a.py": "1"})
    repository.commit(write={"a.py": "2"})
    cache = tmp_path / "cache"
    assert (
        read_history(repository.path, cache_folder=cache).authors[0].email == "mira@example.com"
    )
    other = repository.commit(write={"a.py": "1"}, by="Ana <ana@example.com>", branch="other")
    git(repository.path, "replace", first, other)
    replaced = read_history(repository.path, cache_folder=cache)
    assert {identity.email for identity in replaced.authors} == {
        "ana@example.com",
        "mira@example.com",
    }


def test_the_users_own_settings_change_nothing(
    repository: MadeRepository, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    repository.commit(write={"a.py": "1"})
    repository.commit(rename={"a.py": "b.py"})
    before = touches_of(read_history(repository.path))
    for key, value in {
        "diff.renames": "false",
        "log.showRoot": "false",
        "log.showSignature": "true",
        "log.follow": "true",
        "diff.external": "false",
        "log.diffMerges": "on",
        "color.ui": "always",
        "format.pretty": "oneline",
        "core.quotepath": "true",
    }.items():
        git(repository.path, "config", key, value)
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "false")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert touches_of(read_history(repository.path)) == before


def test_a_broken_object_gives_no_number(repository: MadeRepository) -> None:
    repository.commit(write={"lib/a.py": "1"})
    repository.commit(write={"lib/a.py": "2"})
    tree = git(repository.path, "rev-parse", "HEAD~1:lib")
    loose = repository.path / ".git" / "objects" / tree[:2] / tree[2:]
    loose.chmod(0o600)
    loose.write_bytes(b"garbage")
    with pytest.raises(ConnectorError, match="so there is no number") as caught:
        read_history(repository.path)
    assert caught.value.permanent
    assert tree in str(caught.value)
    assert "git fsck" in caught.value.hint


def test_a_folder_that_is_no_repository_is_a_permanent_error(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match="no folder on this machine") as caught:
        read_history(tmp_path / "nothing")
    assert caught.value.permanent
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConnectorError, match="not a git repository"):
        read_history(tmp_path / "empty")


def test_without_git_the_error_says_what_to_install(
    repository: MadeRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ConnectorError, match="git is not installed"):
        read_history(repository.path)


def test_a_revision_can_be_named_and_a_wrong_one_is_refused(repository: MadeRepository) -> None:
    repository.commit(write={"a.py": "1"})
    repository.commit(write={"b.py": "1"})
    assert read_history(repository.path, revision="main~1").files == ("a.py",)
    with pytest.raises(ConnectorError, match="git rev-parse failed"):
        read_history(repository.path, revision="--all")


def test_tags_and_the_readme_are_read(repository: MadeRepository) -> None:
    repository.commit(write={"README.md": "# Ranking\n\nOrders offers.\n", "a.py": "1"})
    git(repository.path, "tag", "v1.0")
    history = read_history(repository.path)
    assert [(tag.name, tag.on.isoformat()) for tag in history.tags] == [("v1.0", "2026-01-02")]
    assert history.readme.startswith("# Ranking")


def test_progress_is_told_in_rising_numbers(repository: MadeRepository) -> None:
    repository.commit(write={"a.py": "1"})
    repository.commit(write={"a.py": "2"})
    told: list[int] = []
    read_history(repository.path, progress=told.append)
    assert told[-1] == 2
    assert told == sorted(told)
