from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.practice.knowledge import Identity, Merge, who_is_who
from leadline.practice.knowledge.bots import is_bot
from leadline.practice.people import Person
from tests.made_history import identity

MIRA = Person(name="Mira Lund", emails=("mira@work.example", "mira@home.example"))


def groups(*authors: str, **options: object) -> list[set[str]]:
    """The addresses of each contributor."""
    identities = [identity(author) for author in authors]
    resolved = who_is_who(identities, **options)  # type: ignore[arg-type]
    return [
        {i.email for i, at in zip(identities, resolved.of, strict=True) if at == index}
        for index in range(len(resolved.contributors))
    ]


def suggestions(*authors: str, **options: object) -> list[tuple[str, str, str]]:
    resolved = who_is_who([identity(a) for a in authors], **options)  # type: ignore[arg-type]
    return [(s.first.email, s.second.email, s.reason) for s in resolved.suggested]


def test_the_same_address_is_one_person_whatever_its_case_and_name() -> None:
    assert groups("Mira <M@x.org>", "mlund <m@X.ORG>") == [{"M@x.org", "m@X.ORG"}]


def test_the_two_forms_of_a_forges_private_address_are_one() -> None:
    assert (
        len(groups("A <12+ana@users.noreply.github.com>", "B <ana@users.noreply.github.com>"))
        == 1
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Jos\u00e9 Garc\u00eda", "jose garcia"),
        ("S\u00f8ren  \u00d8st", "Soren Ost"),
        ("O'Neil, Pat", "ONeil Pat"),
    ],
)
def test_the_same_full_name_is_one_person_without_case_and_accents(
    first: str, second: str
) -> None:
    resolved = who_is_who([identity(f"{first} <a@x.org>"), identity(f"{second} <b@y.org>")])
    assert len(resolved.contributors) == 1
    assert "same full name" in resolved.contributors[0].joined[0]


def test_one_word_and_placeholders_join_nobody() -> None:
    assert len(groups("alex <a@x.org>", "alex <b@y.org>")) == 2
    assert len(groups("Ana One <none@none>", "Bo Two <none@none>")) == 2
    assert len(groups("Your Name <a@x.org>", "Your Name <b@y.org>")) == 2


def test_the_people_file_joins_the_addresses_of_a_row_and_names_the_person() -> None:
    resolved = who_is_who(
        [identity("ml <mira@home.example>"), identity("M <mira@work.example>")], people=[MIRA]
    )
    (mira,) = resolved.contributors
    assert (mira.name, mira.person, mira.key) == ("Mira Lund", MIRA, "mira@work.example")
    assert mira.joined == ("the people file's addresses of Mira Lund",)


def test_the_same_full_name_as_in_the_people_file_is_that_person() -> None:
    resolved = who_is_who([identity("mira lund <m@old.example>")], people=[MIRA])
    assert resolved.contributors[0].person is MIRA
    both = who_is_who(
        [identity("M <mira@work.example>"), identity("Mira Lund <m@old.example>")],
        people=[MIRA],
    )
    assert len(both.contributors) == 1
    assert both.contributors[0].joined == ("same full name as Mira Lund in the people file",)


def test_two_people_of_the_file_with_one_name_are_never_joined() -> None:
    wei = [Person(name="Wei Zhang", emails=(f"wei{n}@x.org",)) for n in (1, 2)]
    authors = ("Wei Zhang <wei1@x.org>", "Wei Zhang <wei2@x.org>", "Wei Zhang <wei@old.org>")
    assert groups(*authors, people=wei) == [{"wei1@x.org"}, {"wei2@x.org"}, {"wei@old.org"}]
    assert ("wei1@x.org", "wei2@x.org") not in {
        s[:2] for s in suggestions(*authors, people=wei)
    }


def test_a_confirmed_merge_joins_and_a_refused_one_separates() -> None:
    authors = ("Ana B <ana@x.org>", "A. Banana <ab@y.org>")
    assert len(groups(*authors)) == 2
    confirmed = [Merge(first="ana@x.org", second="AB@y.org")]
    assert len(groups(*authors, merges=confirmed)) == 1
    same_name = ("Ana Lee <ana@x.org>", "Ana Lee <al@y.org>")
    refused = [Merge(first="ana@x.org", second="al@y.org", same=False)]
    assert len(groups(*same_name, merges=refused)) == 2
    assert suggestions(*same_name, merges=refused) == []
    third = (*same_name, "Ana Lee <third@z.org>")
    # whoever comes first by address has the namesake that nobody decided about
    assert groups(*third, merges=refused) == [{"al@y.org", "third@z.org"}, {"ana@x.org"}]


def test_a_merge_of_an_address_that_never_committed_does_nothing() -> None:
    assert len(groups("A B <a@x.org>", merges=[Merge(first="a@x.org", second="no@x.org")])) == 1


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("Mira <mira.lund@work.org>", "X <mira.lund@home.org>", "the same mailbox name"),
        ("Lund Mira <a@x.org>", "Mira Lund <b@y.org>", "the same names in another order"),
        (
            "Mira Lund <a@x.org>",
            "other <miralund@y.org>",
            "the same short form of a name or mailbox",
        ),
        (
            "Mira Lund <a@x.org>",
            "other <mlund@y.org>",
            "the same short form of a name or mailbox",
        ),
        ("Mira K. Lund <a@x.org>", "Mira Lund <b@y.org>", "the same first and last name"),
        ("mlund <a@x.org>", "mlund <b@y.org>", "the same one-word name"),
    ],
)
def test_near_matches_are_suggested_and_not_joined(
    first: str, second: str, reason: str
) -> None:
    assert len(groups(first, second)) == 2
    ((_, _, said),) = suggestions(first, second)
    assert said == reason


def test_what_many_share_suggests_nothing() -> None:
    assert suggestions(*(f"alex <{n}@x{n}.org>" for n in range(5))) == []
    assert suggestions("A B <info@x.org>", "C D <info@y.org>") == []


def test_programs_are_left_out_and_listed_but_nobody_of_the_people_file_is() -> None:
    bot = identity("dependabot[bot] <x@users.noreply.github.com>")
    resolved = who_is_who([bot, identity("Ana <ana@x.org>")])
    assert (resolved.of, resolved.bots) == ((None, 0), (bot,))
    listed = Person(name="Release Duty", emails=("ci@x.org",), start_on=date(2026, 1, 1))
    kept = who_is_who([identity("CI <ci@x.org>")], people=[listed])
    assert (kept.bots, kept.contributors[0].name) == ((), "Release Duty")


@pytest.mark.parametrize(
    "program",
    [
        "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
        "renovate <bot@renovateapp.com>",
        "GitHub Actions <actions@github.com>",
        "GitHub <noreply@github.com>",
        "github-actions <41898282+github-actions@users.noreply.github.com>",
        "Travis CI <builds@travis-ci.org>",
        "k8s-ci-robot <k8s-ci-robot@users.noreply.github.com>",
        "release-bot <releases@x.org>",
        "Weblate <noreply@weblate.org>",
        "Jenkins <jenkins@x.org>",
    ],
)
def test_programs_are_recognised(program: str) -> None:
    assert is_bot(identity(program))


@pytest.mark.parametrize(
    "human",
    [
        "Jan Bot <jan@x.org>",
        "Robin Talbot <rt@x.org>",
        "Cici Robotham <cici@x.org>",
        "Ana <12+ana@users.noreply.github.com>",
        "A. Builder <builder@x.org>",
        " <someone@x.org>",
    ],
)
def test_people_are_not_taken_for_programs(human: str) -> None:
    assert not is_bot(identity(human))


def test_a_contributor_is_called_by_the_fullest_name() -> None:
    resolved = who_is_who([identity("ml <m@x.org>"), identity("Mira Lund <m@x.org>")])
    assert resolved.contributors[0].name == "Mira Lund"
    nameless = who_is_who([Identity(name="", email="m@x.org"), Identity(name=" ", email="")])
    assert [c.name for c in nameless.contributors] == ["(no name)", "m@x.org"]
    assert nameless.contributors[0].key == "(no name)"


NAME = st.sampled_from(["Ana Lee", "ana lee", "Lee Ana", "ana", "Bo Ek", "ci", "x[bot]", ""])
EMAIL = st.sampled_from(["a@x.org", "A@x.org", "a@y.org", "b@x.org", "ana.lee@z.org", ""])
AUTHORS = st.lists(st.builds(lambda n, e: Identity(name=n, email=e), NAME, EMAIL), max_size=8)


@given(AUTHORS, st.randoms())
def test_the_order_of_identities_changes_nothing(authors: list[Identity], rng: object) -> None:
    shuffled = list(authors)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]

    def partition(given_order: list[Identity]) -> set[frozenset[Identity]]:
        resolved = who_is_who(given_order)
        return {
            frozenset(a for a, at in zip(given_order, resolved.of, strict=True) if at == index)
            for index in range(len(resolved.contributors))
        }

    assert partition(authors) == partition(shuffled)


def test_whoever_asked_to_be_forgotten_is_nobody_and_not_listed_as_a_program() -> None:
    resolved = who_is_who(
        [identity("Ana Lee <ana@x.org>"), identity("CI <ci@x.org>")],
        left_out={"ana@x.org", "ci@x.org"},
    )
    assert (resolved.of, resolved.contributors, resolved.bots) == ((None, None), (), ())
