"""Days of real people in a real Chromium: with the keyboard alone, and once without script."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from tests.processes import environment, run

playwright = pytest.importorskip("playwright.sync_api")
axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright")
CHROMIUM = shutil.which("chromium")
TODAY = "2026-11-23"
INES, MIRA, OTTO, SELMA, CARMEN, NURIA = (
    f"{name}@harbour.example" for name in ("ines", "mira", "otto", "selma", "carmen", "nuria")
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]


class Site:
    """The made-up team's pages, served by `leadline up`."""

    def __init__(self, url: str, link: str, browser: object) -> None:
        self.url, self.link, self.browser = url, link, browser
        self.signed_in: dict[str, object] = {}
        self.pages: dict[str, object] = {}

    def page(self, who: str, **options: object):
        """Return the page on which somebody is signed in; the lead invites whoever is new.

        Everybody has one, and another with other options: each takes a second to start.
        """
        known = f"{who} {options}"
        if known not in self.pages:
            context = self.browser.new_context(storage_state=self.signed_in.get(who), **options)
            page = self.pages[known] = context.new_page()
            page.set_default_timeout(60_000)
            if who not in self.signed_in:
                page.goto(self.link if who == INES else self.invite(who))
                page.get_by_role("button", name="Sign in").click()
                page.wait_for_load_state()
                self.signed_in[who] = context.storage_state()
        return self.pages[known]

    def invite(self, who: str) -> str:
        page = self.page(INES)
        page.goto(f"{self.url}/invite/")
        page.get_by_label("E-mail address").fill(who)
        page.get_by_role("button", name="Make a link").click()
        return str(page.get_by_label(re.compile("Works once")).input_value())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Build, read and serve the made-up team; end the server afterwards."""
    folder = tmp_path_factory.mktemp("journeys") / "team"
    variables = environment()
    variables.pop("LEADLINE_SEALING_KEYS", None)
    made = run(
        "demo", "--folder", str(folder), "--no-serve", "--today", TODAY,
        folder=tmp_path_factory.mktemp("home"), variables=variables,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "leadline", "up", "--no-browser", "--port", str(port),
         "--today", TODAY],
        cwd=folder, env=variables, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    watchdog = threading.Timer(280, server.kill)
    watchdog.start()
    try:
        assert server.stdout
        link = next(line.strip() for line in server.stdout if "/sign-in/" in line)
        with playwright.sync_playwright() as engine:
            browser = engine.chromium.launch(
                executable_path=CHROMIUM,
                args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            yield Site(f"http://127.0.0.1:{port}", link, browser)
            browser.close()
    finally:
        watchdog.cancel()
        server.terminate()
        server.communicate(timeout=30)


def test_a_report_prepares_a_one_on_one_with_the_keyboard_alone(site: Site) -> None:
    page = site.page(MIRA)
    page.goto(f"{site.url}/one-on-ones/{MIRA}/")
    page.get_by_label("Point for the next talk").focus()
    page.keyboard.type("Who reviews while Piet is away?")
    page.keyboard.press("Enter")
    page.get_by_text("Who reviews while Piet is away?").wait_for()
    lead = site.page(INES)
    lead.goto(f"{site.url}/one-on-ones/{MIRA}/")
    assert "Who reviews while Piet is away?" in lead.locator("#agenda").inner_text()
    assert lead.get_by_text("Offer the Friday off").count() == 1
    assert page.get_by_text("Offer the Friday off").count() == 0


def test_feedback_is_written_looked_at_and_shared_sideways(site: Site) -> None:
    page = site.page(MIRA)
    page.goto(f"{site.url}/feedback/to/{OTTO}/")
    page.get_by_label("Behaviour").fill("You are careless.")
    page.get_by_text("It speaks of who somebody is").wait_for()
    page.get_by_label("Situation").fill("On Friday in the hand-over")
    page.get_by_label("Behaviour").fill("you wrote the rollback first")
    page.get_by_label("Impact").fill("and we were done in an hour")
    page.get_by_label("a question").fill("How did you see it?")
    page.get_by_role("button", name="Keep the draft").click()
    page.get_by_role("button", name="Share").click()
    page.get_by_text("Shared, with nobody else.").wait_for()
    otto = site.page(OTTO)
    otto.goto(f"{site.url}/feedback/")
    assert "not answered" in otto.inner_text("main")
    lead = site.page(INES)
    lead.goto(page.url)
    assert "rollback" not in lead.inner_text("body")


def test_a_probation_is_decided_without_any_script(site: Site) -> None:
    page = site.page(INES, java_script_enabled=False)
    page.goto(f"{site.url}/growth/{SELMA}/")
    page.get_by_text("Keep the outcome").first.click()
    page.get_by_label("Outcome").select_option("passed")
    page.get_by_role("button", name="Keep the outcome").click()
    assert "The rest of the record is deleted" in page.inner_text("main")
    selma = site.page(SELMA)
    selma.goto(f"{site.url}/growth/{SELMA}/")
    assert "Passed, told on" in selma.inner_text("main")
    assert "feature store" not in selma.inner_text("main")


def test_a_pulse_is_answered_once(site: Site) -> None:
    page = site.page(OTTO)
    page.goto(f"{site.url}/pulse/")
    for group in page.locator("fieldset.levels").all():
        group.get_by_label("rather agree", exact=True).check()
    page.get_by_role("button", name=re.compile("Answer")).click()
    page.get_by_text("Nobody can tell which was yours").wait_for()
    assert page.get_by_role("radio").count() == 0
    lead = site.page(INES)
    lead.goto(f"{site.url}/pulse/")
    assert lead.locator("table").count() == 1  # the round that is over; the running one is shut


def test_the_leads_monday(site: Site) -> None:
    """The brief, a receipt, an answer, a project of the brief, and a search: no dead end."""
    page = site.page(INES)
    page.goto(f"{site.url}/brief/")
    lines = page.locator("ol.findings").first.locator(".finding:not(.answered)")
    assert 1 <= lines.count() <= 7
    first = lines.first
    sentence = first.locator(".sentence").inner_text()
    first.locator("details").first.locator("summary").click()
    assert first.locator("details[open]").count() == 1
    first.get_by_text("Answer", exact=True).click()
    first.get_by_role("button", name="Snooze a week").click()
    page.get_by_text("Snoozed until").first.wait_for()
    page.reload()
    assert sentence not in [one.inner_text() for one in lines.locator(".sentence").all()]
    page.get_by_role("link", name="Projects", exact=True).click()
    page.get_by_role("link", name="search-ranking").first.click()
    assert "search-ranking" in page.locator("h1").inner_text()
    page.goto(f"{site.url}/search/?q=search-ranking")
    assert page.locator("main a", has_text="search-ranking").count() >= 1


def test_an_interview_debrief(site: Site) -> None:
    """Notes open when one's own are in; the decision waits for all, and has reasons."""
    jonas_heard = "Offline gain came from a leak"
    carmen, lead = site.page(CARMEN), site.page(INES)
    for page in (carmen, lead):
        page.goto(f"{site.url}/hiring/candidates/1/")
        assert jonas_heard not in page.inner_text("body")
        for card in page.locator("article.card").all():
            card.get_by_label("Closest anchor").select_option("3")
            card.get_by_label("What you heard").fill("Named the holdout first")
        page.get_by_role("button", name="Keep and submit").click()
        page.get_by_text(jonas_heard).wait_for()
    assert "average" not in re.sub("There is no average", "", lead.inner_text("main"))
    lead.get_by_text("Decide", exact=True).first.click()
    lead.get_by_label("Reasons").fill("Found a leak by a holdout, and told how")
    lead.get_by_role("button", name="Decide").click()
    lead.get_by_text("Found a leak by a holdout, and told how").wait_for()
    carmen.reload()
    assert "Found a leak by a holdout" in carmen.inner_text("main")


def test_somebody_signs_in_with_a_passkey(site: Site) -> None:
    """With Chromium's virtual authenticator; the name localhost, as a passkey needs a name."""
    home = site.url.replace("127.0.0.1", "localhost")
    link = site.invite(NURIA).replace("127.0.0.1", "localhost")
    context = site.browser.new_context()
    page = context.new_page()
    page.set_default_timeout(60_000)
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()
    page.goto(f"{home}/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill("my key")
    assert page.get_by_label("Sign in with it alone").is_checked()  # there is no password
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/accounts/2fa/**")
    page.wait_for_url(lambda url: "/add/" not in url)
    page.goto(f"{home}/accounts/2fa/webauthn/")
    assert "my key enough alone" in " ".join(page.inner_text("main").split())
    context.clear_cookies()
    page.goto(f"{home}/mine/")
    assert "/accounts/login/" in page.url
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/accounts/" not in url)
    page.goto(f"{home}/mine/")
    assert NURIA in page.inner_text("main")
    context.close()


SERIOUS = """options => axe.run(options).then(found => found.violations
    .filter(one => ["serious", "critical"].includes(one.impact))
    .map(one => [one.id, one.nodes[0].target]))"""


def _serious(page: object, **options: object) -> list[object]:
    """Ask axe, which is read by a page once, for what keeps somebody out."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe_playwright.Axe().axe_script)
    return page.evaluate(SERIOUS, {"resultTypes": ["violations"], "iframes": False, **options})


def test_no_page_has_a_serious_barrier_or_scrolls_sideways_on_a_phone(site: Site) -> None:
    page = site.page(INES, viewport={"width": 360, "height": 780}, color_scheme="light")
    for path in (
        "people/", f"people/{MIRA}/", "one-on-ones/", f"one-on-ones/{MIRA}/", "first-90-days/",
        "feedback/", f"feedback/to/{OTTO}/", "growth/", f"growth/{OTTO}/", "hiring/",
        "hiring/candidates/1/", "hiring/kits/1/", "hiring/calculator/", "leaving/",
        "leaving/1/", "pulse/", "waiting/", "mine/", "brief/", "brief/history/",
        f"brief/{TODAY}/", "projects/", "projects/search-ranking/",
        "projects/search-ranking/charter/", "experiments/", "experiments/experiments.csv/",
        "experiments/experiments.csv/impact/", "experiments/plans-home-model.toml/",
        "models/home-page/",
        "reading/", "search/?q=ranking", "settings/", "invite/", "patterns/",
        "accounts/2fa/",
    ):  # fmt: skip
        answer = page.goto(f"{site.url}/{path}")
        assert answer
        assert answer.status == 200, path
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        assert _serious(page) == [], path
        page.emulate_media(color_scheme="dark")
        assert _serious(page, runOnly=["color-contrast"]) == [], path
        page.emulate_media(color_scheme="light")


def test_a_member_reads_and_purges_what_is_held_about_them(site: Site) -> None:
    page = site.page(OTTO)
    page.goto(f"{site.url}/mine/")
    assert "development plan" in page.inner_text("main").lower()
    page.get_by_label("Type your address").fill(OTTO)
    page.get_by_role("button", name="Delete everything about me").click()
    page.get_by_text("Everything about you is deleted").wait_for()
    lead = site.page(INES)
    lead.goto(f"{site.url}/people/")
    assert "Otto" not in lead.inner_text("main")
