"""A cookie that only Dibs can have set wins over all others with its name."""

from __future__ import annotations

import pytest

from dibs.web.cookie_names import plain_names, value_of


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("", ""),
        ("a=1; b=2", "a=1; b=2"),
        ("__Host-a=1", "a=1"),
        ("__Secure-a=1", "a=1"),
        ("a=0; __Host-a=1; b=2", "a=1; b=2"),
        ("__Host-a=1; a=0", "a=1"),
        ("__Secure-a=2; a=0; __Host-a=1", "a=1"),
        ("a=0; __Secure-a=2", "a=2"),
        ("__Secure-a=1; __Secure-a=2", "a=1"),
        ("a=0;__Host-a=1", "a=1"),
        ("__host-a=1; a=0", "__host-a=1; a=0"),
        ("b=__Host-; a=0", "b=__Host-; a=0"),
        ("__Host-a", ""),
        ("__Host-a==x=", "a==x="),
        ("__Host-=1; a=0", "=1; a=0"),
        ("__Host-__Secure-a=1", "__Secure-a=1"),
    ],
)
def test_a_cookie_with_a_prefix_hides_others_of_its_name(sent: str, plain: str) -> None:
    assert plain_names(sent.encode()) == plain.encode()


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ("a=1", "1"),
        ("b=2;a=1", "1"),
        ("a=1; a=2", "1"),
        ("ba=2; a=1", "1"),
        ("ba=2", None),
        ("x=a=2", None),
        ("a", None),
        ("a=", ""),
    ],
)
def test_a_cookie_is_found_by_its_whole_name(sent: str, value: str | None) -> None:
    assert value_of(sent.encode(), b"a") == (None if value is None else value.encode())
