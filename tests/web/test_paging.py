"""Long lists come a part at a time; an address that asks for no part gets the nearest one."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from leadline.records.actions import one_on_ones
from leadline.web.paging import SIZE, paged
from tests.web.conftest import LEAD, MEMBER, NOW, Browsers
from tests.web.markup import links_in

N = 2 * SIZE + 1


@pytest.mark.parametrize(
    ("asked", "first", "n"),
    [
        ("", 0, SIZE), ("page=1", 0, SIZE), ("page=2", SIZE, SIZE), ("page=3", 2 * SIZE, 1),
        ("page=99", 2 * SIZE, 1), ("page=0", 2 * SIZE, 1), ("page=-1", 2 * SIZE, 1),
        ("page=x", 0, SIZE), ("page=1%27--", 0, SIZE), ("other=2", 0, SIZE),
    ],
)  # fmt: skip
def test_the_nearest_part_is_shown(asked: str, first: int, n: int) -> None:
    """Django's paginator gives the first part for what is no number, the last one for none."""
    request = RequestFactory().get(f"/?{asked}")
    part = paged(request, range(N))  # type: ignore[arg-type]
    assert list(part) == list(range(first, first + n))


def test_every_row_stands_on_one_part_and_each_leads_to_the_next(browser: Browsers) -> None:
    for n in range(N):
        one_on_ones.write_note(MEMBER, by=LEAD, text=f"note-{n:03d}.", at=NOW)
    seen: list[str] = []
    url = "?notes=1"
    while url:
        page = browser(LEAD).get(f"/one-on-ones/{MEMBER}/{url}")
        text = page.content.decode()
        seen += [f"note-{n:03d}." for n in range(N) if f"note-{n:03d}." in text]
        part = int(url.rpartition("=")[2])
        url = next((one for one in links_in(page) if one == f"?notes={part + 1}"), "")
    assert sorted(seen) == [f"note-{n:03d}." for n in range(N)]
