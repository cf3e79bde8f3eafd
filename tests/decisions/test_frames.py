"""Segments: what is whole is read, what is not is named, wherever a file ends."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.decisions.frames import MARK, frame, scan

PAYLOADS = [b'{"n":1}', "Zoë".encode(), b"", b"x" * 300]


def test_what_was_framed_is_read_back() -> None:
    found = scan(b"".join(map(frame, PAYLOADS)))
    assert list(found.payloads) == PAYLOADS
    assert found.gaps == ()


def test_a_power_loss_at_any_byte_costs_the_record_that_it_hits() -> None:
    data = b"".join(map(frame, PAYLOADS))
    ends = [sum(len(frame(one)) for one in PAYLOADS[:n]) for n in range(len(PAYLOADS) + 1)]
    for size in range(len(data) + 1):
        found = scan(data[:size])
        n_whole = sum(end <= size for end in ends) - 1
        assert list(found.payloads) == PAYLOADS[:n_whole]
        torn = size - ends[n_whole]
        assert [(gap.start, gap.n_bytes, gap.is_tail) for gap in found.gaps] == (
            [(ends[n_whole], torn, True)] if torn else []
        )


def test_a_tail_of_zeros_as_some_file_systems_leave_it_is_one_gap() -> None:
    found = scan(frame(b"one") + bytes(100))
    assert found.payloads == (b"one",)
    assert [gap.n_bytes for gap in found.gaps] == [100]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_byte_costs_one_record_and_never_shows_a_false_one(
    data: st.DataObject,
) -> None:
    whole = b"".join(map(frame, PAYLOADS))
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = bytearray(whole)
    damaged[at] ^= data.draw(st.integers(1, 255))
    found = scan(bytes(damaged))
    assert len(found.payloads) == len(PAYLOADS) - 1
    assert set(found.payloads) < set(PAYLOADS)
    assert len(found.gaps) == 1


def test_half_a_record_in_the_middle_is_stepped_over() -> None:
    found = scan(frame(b"one") + frame(b"two")[:9] + frame(b"three"))
    assert found.payloads == (b"one", b"three")
    assert [gap.is_tail for gap in found.gaps] == [False]


def test_no_text_holds_the_mark() -> None:
    # Oracle: RFC 3629, section 3: the octet C1 never appears in UTF-8.
    assert MARK[0] == 0xC1
