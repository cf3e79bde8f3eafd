from __future__ import annotations

from datetime import date, timedelta

import pytest

from leadline.errors import ConfigurationError
from leadline.practice.knowledge import KnowledgeMap, Tag, knowledge_map
from leadline.practice.people import Person
from leadline.practice.project_brief import project_brief, purpose
from leadline.practice.projects import (
    ACTIVE,
    DORMANT,
    IN_PRODUCTION,
    Declared,
    inventory,
    production_evidence,
)
from tests.made_history import TODAY, Commit, made_history

AGO = (TODAY - date(2026, 1, 1)).days


def repository(name: str, commits: list[Commit], **others: object) -> KnowledgeMap:
    people = others.pop("people", ())
    history = made_history(commits, name=name, location=f"/srv/{name}", **others)
    return knowledge_map(history, today=TODAY, people=people)  # type: ignore[arg-type]


def moved(days_ago: int, *paths: str, by: str = "ana") -> list[Commit]:
    return [(by, AGO - days_ago, [("A", path) for path in paths])]


@pytest.mark.parametrize(
    ("days_ago", "paths", "state"),
    [
        (90, ("a.py",), ACTIVE),
        (91, ("a.py",), DORMANT),
        (91, ("a.py", "Dockerfile"), IN_PRODUCTION),
        (365, ("a.py", "Dockerfile"), IN_PRODUCTION),
        (366, ("a.py", "Dockerfile"), DORMANT),
        (1, ("a.py", "Dockerfile"), ACTIVE),
    ],
)
def test_the_state_follows_from_the_last_movement_and_evidence_of_use(
    days_ago: int, paths: tuple[str, ...], state: str
) -> None:
    (project,) = inventory([repository("x", moved(days_ago, *paths))])
    assert project.state == state
    assert project.reason.startswith(f"last moved on {TODAY - timedelta(days=days_ago)}")


def test_the_limits_are_settable_and_a_declared_state_wins() -> None:
    maps = [repository("x", moved(91, "a.py"))]
    assert inventory(maps, active_days=91)[0].state == ACTIVE
    declared = Declared(repository="x", state=IN_PRODUCTION)
    assert [(p.state, p.reason) for p in inventory(maps, declared=[declared])] == [
        (IN_PRODUCTION, "declared")
    ]


def test_what_is_said_to_be_in_production_is_believed_over_what_git_shows() -> None:
    old = [repository("x", moved(400, "a.py"))]
    (said,) = inventory(old, declared=[Declared(repository="x", in_production=True)])
    assert (said.state, said.evidence) == (IN_PRODUCTION, ("the workspace file says so",))
    quiet = [repository("x", moved(91, "Dockerfile"))]
    (denied,) = inventory(quiet, declared=[Declared(repository="x", in_production=False)])
    assert (denied.state, denied.evidence) == (DORMANT, ())


def test_a_program_alone_moves_nothing() -> None:
    (project,) = inventory(
        [repository("x", moved(1, "a.py", by="renovate[bot] <x@renovate.example>"))]
    )
    assert (project.state, project.reason) == (
        DORMANT,
        "no human being stands on a commit of it",
    )


@pytest.mark.parametrize(
    ("path", "meaning"),
    [
        ("Dockerfile", "builds a container image"),
        ("deploy/docker-compose.prod.yml", "describes running services"),
        ("charts/x/Chart.yaml", "deploys to a cluster"),
        ("k8s/web.yaml", "deploys to a cluster"),
        ("Procfile", "is deployed to a platform"),
        ("infra/main.tf", "describes its infrastructure"),
        (".github/workflows/deploy-prod.yml", "is released by its CI"),
        ("dags/nightly.py", "is scheduled or served"),
    ],
)
def test_evidence_of_use_names_its_place(path: str, meaning: str) -> None:
    files = repository("x", moved(1, "a.py", path, f"more/{path}")).files
    assert production_evidence(files)[0].endswith(f": {meaning}")


def test_a_version_tag_is_evidence_and_other_tags_are_not() -> None:
    tags = ["v1.2.3", "model-2.0", "before-holidays", "2024"]
    assert production_evidence([], tags=tags) == ["tag model-2.0: a version was released"]
    assert production_evidence([], tags=["ckpt"]) == []
    (project,) = inventory(
        [repository("x", moved(100, "a.py"), tags=(Tag(name="v1.0", on=TODAY),))]
    )
    assert project.state == IN_PRODUCTION


def test_a_repository_with_declared_folders_is_those_folders() -> None:
    maps = [
        repository(
            "mono",
            [*moved(5, "ranking/a.py"), *moved(400, "old/b.py", by="bo")],
            tags=(Tag(name="v1.0", on=TODAY),),
        ),
        repository("empty", [], files=()),
    ]
    declared = [
        Declared(repository="mono", folder="old/", name="The old one"),
        Declared(repository="mono", folder="ranking", owner="bo@example.com"),
    ]
    found = inventory(maps, declared=declared)
    assert [(p.name, p.state, p.evidence) for p in found] == [
        ("ranking", ACTIVE, ()),
        ("The old one", DORMANT, ()),
    ]
    assert [owner.name for owner in found[0].owners] == ["Bo Example", "Ana Example"]


def test_reading_order_is_decision_then_state_then_fragile_then_latest() -> None:
    shared: list[Commit] = [
        ("ana", AGO - 3, [("A", "a.py")]),
        ("bo", AGO - 2, [("M", "a.py")]),
    ]
    maps = [
        repository("dormant", moved(200, "a.py")),
        repository("shared", shared),
        repository("older", moved(9, "a.py")),
        repository("newer", moved(8, "a.py")),
        repository("used", moved(100, "Dockerfile", "a.py")),
        repository("decided", moved(200, "a.py")),
    ]
    declared = [Declared(repository="decided", decision_on=date(2026, 6, 9))]
    assert [p.name for p in inventory(maps, declared=declared)] == [
        "decided",
        "newer",
        "older",
        "shared",
        "used",
        "dormant",
    ]


@pytest.mark.parametrize(
    ("said", "state", "evidence"),
    [(True, IN_PRODUCTION, ("the workspace file says so",)), (False, DORMANT, ())],
)
def test_what_somebody_says_about_use_outweighs_what_git_shows(
    said: bool, state: str, evidence: tuple[str, ...]
) -> None:
    maps = [repository("x", moved(100, "a.py", *([] if said else ["Dockerfile"])))]
    (project,) = inventory(maps, declared=[Declared(repository="x", in_production=said)])
    assert (project.state, project.evidence) == (state, evidence)


def test_wrong_declarations_are_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="got state 'busy'; allowed are active"):
        Declared(repository="x", state="busy")
    with pytest.raises(ConfigurationError, match="names repository 'y'; known are x"):
        inventory([repository("x", moved(1, "a.py"))], declared=[Declared(repository="y")])


def test_the_purpose_is_the_first_paragraph_of_prose() -> None:
    readme = "# Ranking\n\n[![build](x)](y)\n\nOrders offers\nby expected worth.\n\nMore.\n"
    assert purpose(readme) == "Orders offers by expected worth."
    assert purpose("# Only a title\n") == ""
    assert purpose("Only prose.") == "Only prose."


def test_the_brief_is_a_page_with_the_agenda_for_the_hour() -> None:
    gone = Person(name="Bo Example", emails=("bo@example.com",), ends_on=date(2026, 1, 1))
    stays = Person(name="Ana Example", emails=("ana@example.com",), ends_on=date(2026, 8, 1))
    commits = [
        *moved(5, "api/a.py", "api/b.py", "Dockerfile", "data/load.py"),
        *moved(300, "web/a.py", "web/b.py", by="bo"),
    ]
    history_map = repository("ranking", commits, people=(gone, stays), readme="Orders offers.")
    decided = Declared(repository="ranking", decision_on=date(2026, 6, 20))
    (project,) = inventory([history_map], declared=[decided])
    page = project_brief(project)
    for line in (
        "# ranking: the hour with Ana Example",
        "*Next decision: 2026-06-20.*",
        "- Orders offers.",
        "- Dockerfile: builds a container image",
        "- See `data`.",
        "- ranking: Ana Example (last day 2026-08-01) alone knows most of it.",
        "- web/ in ranking: those who wrote most of it are gone.",
        "- api/ in ranking: Ana Example",
        "- web/ in ranking: nobody who is here; Ana Example is closest "
        "(author of Dockerfile, in the same repository)",
        "- Based on what I understood, it is this: “Orders offers.”. Who uses it, and to "
        "decide what?",
        "`leadline knowledge /srv/ranking`",
    ):
        assert line in page
    assert len(page.splitlines()) < 60


def test_the_brief_of_a_folder_that_says_little_asks_for_it() -> None:
    shared: list[Commit] = [
        ("ana", AGO - 3, [("A", "lib/x/a.py"), ("A", "lib/b.py"), ("A", "top.py")]),
        ("bo", AGO - 2, [("M", "lib/x/a.py"), ("M", "lib/b.py"), ("M", "top.py")]),
    ]
    maps = [repository("mono", shared)]
    (project,) = inventory(maps, declared=[Declared(repository="mono", folder="lib")])
    page = project_brief(project)
    for line in (
        "- Not written down where git could find it.",
        "- Nothing in git shows it.",
        "- None that git shows.",
        "- lib/x/ in mono: Bo Example and Ana Example",
        "nobody depends on it yet",
        "several people could change it",
        "--area lib",
    ):
        assert line in page
    flat = [Declared(repository="mono", folder="lib/x")]
    assert "- lib/x/ in mono: " in project_brief(inventory(maps, declared=flat)[0])


def test_the_brief_of_a_project_nobody_knows_says_nobody() -> None:
    unknown = repository("x", [], files=("a/b.py",))
    page = project_brief(inventory([unknown])[0])
    assert "the hour with nobody found yet" in page
    assert "- a/ in x: nobody found" in page
