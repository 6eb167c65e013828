"""A hold's id is made of its resource, service and start."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dibs.desk.holding import HoldId
from dibs.errors import NotFound

steady = settings(derandomize=True, deadline=None)
ids = st.integers(1, 2**31 - 1)
seconds = st.datetimes(datetime(1970, 1, 1), datetime(2199, 12, 31)).map(
    lambda wall: wall.replace(microsecond=0, tzinfo=UTC)
)


@steady
@given(ids, ids, seconds)
def test_an_id_is_read_as_it_was_written(resource: int, service: int, starts_at: datetime) -> None:
    hold_id = HoldId(resource, service, starts_at)
    assert HoldId.parse(str(hold_id)) == hold_id


@pytest.mark.scenario(38)
@pytest.mark.parametrize(
    "text",
    ["", "-", "1-1", "1-1-1-1", "a-b-c", "1-1-", "-1-1-1", "1-1-1.5", "٣-1-1", "1-1-99999999999"],
)
def test_what_can_be_no_id_names_no_hold(text: str) -> None:
    with pytest.raises(NotFound):
        HoldId.parse(text)


@steady
@given(st.text() | st.from_regex(r"\A[0-9]{1,12}-[0-9]{1,12}-[0-9]{1,12}\Z"))
def test_any_text_is_an_id_or_names_no_hold(text: str) -> None:
    try:
        parsed = HoldId.parse(text)
    except NotFound:
        return
    assert HoldId.parse(str(parsed)) == parsed
