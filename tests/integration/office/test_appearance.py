"""Previews of an appearance that is not saved, over the API of the office."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.office import OfficeBrowser


def ask(owner: OfficeBrowser, **query: Any) -> Any:
    wanted = {"accent": "#0a6b4f", "radius": 4, "font": "serif"} | query
    return owner.get("/appearance", params=wanted)


def test_the_owner_sees_what_becomes_of_a_colour(owner: OfficeBrowser) -> None:
    answer = ask(owner, accent="#FFDD00", radius=0).json()
    assert answer["accent"] == "#ffdd00"
    assert answer["style_sheet"] == "/assets/appearance/ffdd00-0-serif.css"
    assert answer["variables"]["--on-accent"] == "light-dark(#000000, #000000)"
    (said,) = answer["adjustments"]
    assert said.startswith("#ffdd00 can't be read on a light page")
    assert ask(owner, accent="#2457c5").json()["adjustments"] == []


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ({"accent": "green"}, "accent", "six digits"),
        ({"accent": "#0a6b4"}, "accent", "six digits"),
        ({"accent": "</style>"}, "accent", "six digits"),
        ({"radius": 25}, "radius", "at most 24"),
        ({"radius": -1}, "radius", "at least 0"),
        ({"font": "comic"}, "font", "'system', 'humanist'"),
    ],
)
def test_faults_are_said_in_the_words_of_the_catalog_file(
    owner: OfficeBrowser, query: dict[str, Any], field: str, said: str
) -> None:
    answer = ask(owner, **query)
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault["field"] == field
    assert said in fault["detail"]


@pytest.mark.parametrize("query", [{"radius": "x"}, {"accent": "#" * 10_000}, {"font": "\u202e"}])
def test_nonsense_is_refused(owner: OfficeBrowser, query: dict[str, Any]) -> None:
    assert ask(owner, **query).status_code == 422
