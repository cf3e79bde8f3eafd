"""Names and addresses, made comparable."""

from __future__ import annotations

import re
import unicodedata

from leadline.practice.knowledge.facts import Identity

_NOBODY_WORDS = """
    (none) none none@none nobody@localhost root@localhost unknown unknown@unknown
    user@localhost you@example.com your@email.com email@example.com noreply
"""
_NOBODY = frozenset(_NOBODY_WORDS.split())
_NO_NAMES = frozenset({"your name", "first last", "unknown author", "no name", "no author"})
_MAILBOXES_WORDS = """
    admin code contact dev developer email github hello home info mail me office root
    support team test user work
"""
_MAILBOXES = frozenset(_MAILBOXES_WORDS.split())
_LETTERS_WITHOUT_MARKS = str.maketrans(
    {"ø": "o", "đ": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def folded(name: str) -> str:
    """Return a name without case, accents, punctuation and superfluous spaces."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS_WITHOUT_MARKS))
    kept = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", kept.replace("'", "").replace("_", " ")))


def full_name_key(name: str) -> str:
    """Return the folded name where it has two or more words, else nothing."""
    key = folded(name)
    return key if " " in key and key not in _NO_NAMES else ""


def address_key(email: str) -> str:
    """Return the address as one mailbox is known; nothing for placeholders.

    "123+mira@users.noreply.github.com" and "mira@users.noreply.github.com" are one account.
    """
    key = email.strip().casefold()
    if key in _NOBODY or "@" not in key:
        return ""
    mailbox, _, domain = key.rpartition("@")
    if domain == "users.noreply.github.com":
        mailbox = re.sub(r"^\d+\+", "", mailbox)
    return f"{mailbox}@{domain}"


LIKENESSES = (
    "the same mailbox name",
    "the same one-word name",
    "the same names in another order",
    "the same first and last name",
    "the same short form of a name or mailbox",
)
"""Why two identities may be one person, the strongest reason first."""


def likeness_keys(identity: Identity) -> set[tuple[int, str]]:
    """Return keys; two identities that share one may be one person.

    Parameters
    ----------
    identity : Identity
        A name and an address.

    Returns
    -------
    set of (int, str)
        The index of the reason in `LIKENESSES`, and what is alike.
    """
    mailbox_name, one_word, reordered, first_and_last, short_form = range(len(LIKENESSES))
    words = folded(identity.name).split()
    mailbox = address_key(identity.email).rpartition("@")[0].partition("+")[0]
    squeezed = folded(mailbox).replace(" ", "")
    keys = set()
    if len(squeezed) >= 4 and squeezed not in _MAILBOXES:
        keys |= {(mailbox_name, squeezed), (short_form, squeezed)}
    if len(words) == 1 and len(words[0]) >= 3:
        keys |= {(one_word, words[0]), (short_form, words[0])}
    if len(words) > 1:
        keys.add((reordered, " ".join(sorted(words))))
        keys.add((first_and_last, f"{words[0]} {words[-1]}"))
        short = {"".join(words), words[0][0] + words[-1], words[0] + words[-1]}
        keys |= {(short_form, spelling) for spelling in short if len(spelling) >= 4}
    return keys
