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


def likeness_keys(identity: Identity) -> set[tuple[str, str]]:
    """Return (reason, key) pairs; two identities that share one may be one person.

    Parameters
    ----------
    identity : Identity
        A name and an address.

    Returns
    -------
    set of (str, str)
        The reason is a sentence part for whoever confirms.
    """
    words = folded(identity.name).split()
    mailbox = address_key(identity.email).rpartition("@")[0].partition("+")[0]
    squeezed = re.sub(r"[^\w]|_", "", folded(mailbox))
    keys = set()
    if len(squeezed) >= 4 and squeezed not in _MAILBOXES:
        keys |= {("the same mailbox name", squeezed), ("a name like a mailbox", squeezed)}
    if len(words) == 1 and len(words[0]) >= 3:
        keys |= {("the same one-word name", words[0]), ("a name like a mailbox", words[0])}
    if len(words) > 1:
        keys.add(("the same names in another order", " ".join(sorted(words))))
        keys.add(("the same first and last name", f"{words[0]} {words[-1]}"))
        for spelling in ("".join(words), words[0][0] + words[-1], words[0] + words[-1]):
            if len(spelling) >= 4:
                keys.add(("a name like a mailbox", spelling))
    return keys
