"""Which identities on commits are programs rather than people."""

from __future__ import annotations

import re

from leadline.practice.knowledge.facts import Identity

_PROGRAMS_WORDS = """
    all-contributors allcontributors autofix-ci bors buildbot circleci codecov
    copybara-service deepsource-autofix dependabot dependabot-preview
    docker-library-bot github github-actions gitlab gitlab-bot gitlab-ci
    google-cloud-build greenkeeper homu hosted-weblate imgbot jenkins k8s-ci-robot
    mergify netlify openshift-merge-robot pre-commit-ci pull pyup pyup-bot readthedocs
    release-please renovate rust-timer semantic-release snyk sonarcloud stale teamcity
    transifex transifex-integration translatewiki.net translation-bot travis travis-ci
    weblate whitesource-bolt-for-github
"""
_PROGRAMS = frozenset(_PROGRAMS_WORDS.split())
_SERVICE_ADDRESSES_WORDS = """
    action actions automation bot bots build buildbot ci ci-bot circleci deploy
    deployment do-not-reply donotreply github-actions gitlab-ci jenkins no-reply
    noreply pipeline release-bot robot travis
"""
_SERVICE_ADDRESSES = frozenset(_SERVICE_ADDRESSES_WORDS.split())
_ENDS_AS_PROGRAM = re.compile(r"(\[bot\]|[-_.](bot|robot|ci|cd))$")
_SAYS_SO = re.compile(r"\b(bot|robot|ci|cd|build|builds)\b")
_LAST_WORD = re.compile(r"\s(bot|robot|ci|cd)$")


def is_bot(identity: Identity) -> bool:
    """Whether a name and address are those of a program or a service.

    A surname may be "Bot": a last word of its own counts only where the address does
    not belong to a person's own mailbox, that is, where it says so too.

    Parameters
    ----------
    identity : Identity
        As it stands on the commit.

    Returns
    -------
    bool
        True for "dependabot[bot]", "Travis CI <builds@travis-ci.org>", "noreply@…".
    """
    name = identity.name.strip().casefold()
    mailbox, _, domain = identity.email.casefold().partition("@")
    mailbox = mailbox.rpartition("+")[2]
    if "[bot]" in mailbox or _ENDS_AS_PROGRAM.search(name):
        return True
    if re.sub(r"[\s_]+", "-", name) in _PROGRAMS or mailbox in _SERVICE_ADDRESSES:
        return True
    return bool(_LAST_WORD.search(name) and _SAYS_SO.search(f"{mailbox} {domain}"))
