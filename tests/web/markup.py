"""What no answer may hold: script or style inline, or anything from another machine."""

from __future__ import annotations

from html.parser import HTMLParser

from django.http import HttpResponse

CSP = {
    "default-src": "'none'", "base-uri": "'none'", "connect-src": "'self'",
    "form-action": "'self'", "frame-ancestors": "'none'", "img-src": "'self' data:",
    "script-src": "'self'", "style-src": "'self'",
}  # fmt: skip
LINKS = frozenset({"src", "href", "action", "formaction", "poster", "data", "srcset"})
LOADED = frozenset({"script", "link", "img", "iframe", "source", "audio", "video", "form"})


class _Inline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.wrong += [f"<{tag} {name}>" for name in values if name.startswith("on")]
        if "style" in values or tag == "style":
            self.wrong.append(f"style inline in <{tag}>")
        if tag == "script" and "src" not in values and values.get("type") != "application/json":
            self.wrong.append("script inline")
        for name in LINKS.intersection(values):
            target = values[name].strip().lower()
            if target.startswith(("javascript:", "vbscript:")):
                self.wrong.append(f"<{tag} {name}={target}>")
            if tag in LOADED and target.startswith(("http:", "https:", "//")):
                self.wrong.append(f"<{tag}> loads {target}")


def wrong_in(answer: HttpResponse) -> list[str]:
    """Return what is wrong with the headers and the markup of one answer."""
    wrong = []
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer["Content-Security-Policy"].split(";")
    )
    if policy != CSP:
        wrong.append(f"policy {policy}")
    for name, value in (
        ("X-Frame-Options", "DENY"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ):
        if answer.get(name) != value:
            wrong.append(f"{name} is {answer.get(name)}")
    is_calendar = answer["Content-Type"].startswith("text/calendar")
    kept = "private, no-cache" if is_calendar else "no-store"
    if kept not in answer.get("Cache-Control", ""):
        wrong.append("may be kept by a browser")
    if answer["Content-Type"].startswith("text/html"):
        parser = _Inline()
        parser.feed(answer.content.decode())
        wrong += parser.wrong
    return wrong


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {
            value for name, value in attrs if value and (name in LINKS or "hx-" in name)
        }


def links_in(answer: HttpResponse) -> set[str]:
    """Return every address that a page links to, sends forms to, or asks for fragments."""
    parser = _Links()
    parser.feed(answer.content.decode())
    return parser.found
