"""Strategies that make any catalog that an owner could write, for property tests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import get_args

from hypothesis import strategies as st

from dibs.availability.hours import WallInterval
from dibs.ledger.catalog import (
    STAFF_LETTERS,
    Business,
    Catalog,
    Resource,
    Service,
    StaffLetter,
    TimeOff,
)
from dibs.ledger.questions import Question, QuestionKind, QuestionTexts
from dibs.ledger.translations import Translations
from dibs.letter_words import LetterWords
from dibs.plain_text import is_blank, unprintable_in

ids = st.integers(1, 2**31 - 1)
letters = st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]).filter(
    lambda letter: unprintable_in(letter) is None
)
names = st.text(letters, min_size=1, max_size=40).filter(lambda name: not is_blank(name))
reasons = st.text(letters, max_size=20)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
minutes = st.integers(0, 1440)
some_minutes = st.integers(1, 1440)
prices = st.from_regex(r"\A[0-9]{1,9}(\.[0-9]{2})?\Z").map(Decimal)


emails = st.sampled_from(["desk@example.com", "mia+work@xn--bcher-kva.example"])
places = st.text(letters | st.sampled_from("\n\t"), min_size=1, max_size=40).filter(
    lambda place: not is_blank(place)
)
reminders = st.sets(st.integers(1, 30 * 1440), max_size=5).map(
    lambda found: tuple(sorted(found, reverse=True))
)
staff_letters = st.sets(st.sampled_from(STAFF_LETTERS)).map(
    lambda found: tuple(each for each in STAFF_LETTERS if each in found)
)


@st.composite
def contacts(
    draw: st.DrawFn, without: tuple[StaffLetter, ...]
) -> tuple[str | None, tuple[StaffLetter, ...]]:
    """Draw an e-mail address and the letters that go to it. If no address is drawn, the letters are
    `without`."""
    email = draw(st.none() | emails)
    return email, draw(staff_letters) if email else without


#: Texts that are not blank.
texts = st.text(letters, min_size=1, max_size=20).filter(lambda text: not is_blank(text))


@st.composite
def questions(draw: st.DrawFn, key: str) -> Question:
    kind = draw(st.sampled_from(get_args(QuestionKind)))
    count = draw(st.integers(2, 3)) if kind == "choice" else 0
    choices = st.lists(names, min_size=count, max_size=count, unique=True).map(tuple)
    texts_in = st.builds(
        QuestionTexts,
        label=st.just("") | names,
        choices=st.just(()) | choices,
    ).filter(lambda texts: texts != QuestionTexts())
    return Question(
        id=key,
        label=draw(names),
        kind=kind,
        required=draw(st.booleans()),
        choices=draw(choices),
        translations=draw(st.fixed_dictionaries({}, optional=dict.fromkeys(["ar"], texts_in))),
    )


lists_of_questions = st.lists(
    st.from_regex(r"\A[a-z0-9_-]{1,40}\Z"), max_size=3, unique=True
).flatmap(lambda keys: st.tuples(*map(questions, keys)))


def translations(**keys: st.SearchStrategy[str]) -> st.SearchStrategy[Translations]:
    """Make translations into some languages that are not a business's own here, each with some of
    the texts."""
    some = st.fixed_dictionaries({}, optional=keys).filter(bool)
    return st.fixed_dictionaries({}, optional=dict.fromkeys(["ar", "fr"], some))


@st.composite
def hours(draw: st.DrawFn, at_least: int = 0) -> tuple[WallInterval, ...]:
    """Draw the opening hours of a day, in order. Two intervals may touch."""
    edges = sorted(draw(st.sets(minutes, min_size=2, max_size=6)))
    spans = [WallInterval(*span) for span in pairwise(edges)]
    kept = draw(st.sets(st.sampled_from(spans), min_size=at_least))
    return tuple(sorted(kept))


@st.composite
def times_off(draw: st.DrawFn) -> tuple[TimeOff, ...]:
    """Draw times off, in the order in which both a file and the database give them back."""
    walls = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
        lambda wall: wall.replace(second=0, microsecond=0)
    )
    found = []
    for _ in range(draw(st.integers(0, 3))):
        starts, ends = sorted(draw(st.sets(walls, min_size=2, max_size=2)))
        found.append(TimeOff(starts, ends, draw(reasons)))
    return tuple(sorted(found))


@st.composite
def resources(draw: st.DrawFn, resource_id: int) -> Resource:
    email, its_letters = draw(contacts(without=STAFF_LETTERS))
    return Resource(
        id=resource_id,
        name=draw(names),
        kind=draw(st.sampled_from(["staff", "room", "equipment"])),
        time_zone=draw(st.none() | zones),
        weekly=draw(st.dictionaries(st.integers(1, 7), hours(at_least=1))),
        overrides=draw(
            st.dictionaries(st.dates(date(2020, 1, 1), date(2030, 1, 1)), hours(), max_size=3)
        ),
        closures=draw(times_off()),
        email=email,
        letters=its_letters,
        about=draw(reasons),
        translations=draw(translations(name=names, about=texts)),
    )


@st.composite
def services(draw: st.DrawFn, service_id: int, among: list[int]) -> Service:
    price = draw(st.none() | prices)
    able = draw(st.sets(st.sampled_from(among))) if among else set()
    return Service(
        id=service_id,
        name=draw(names),
        duration=draw(some_minutes),
        resource_ids=tuple(sorted(able)),
        description=draw(reasons),
        buffer_before=draw(minutes),
        buffer_after=draw(minutes),
        slot_interval=draw(st.none() | some_minutes),
        minimum_notice=draw(st.integers(0, 366 * 1440)),
        move_notice=draw(st.integers(0, 366 * 1440)),
        cancel_notice=draw(st.integers(0, 366 * 1440)),
        booking_window_days=draw(st.none() | st.integers(0, 3660)),
        price=price,
        capacity=draw(st.integers(1, 1000)),
        reminders=draw(st.none() | reminders),
        place=draw(st.none() | places),
        category=draw(st.none() | names),
        price_from=price is not None and draw(st.booleans()),
        price_on_request=price is None and draw(st.booleans()),
        approve_within=draw(st.none() | st.integers(1, 366 * 1440)),
        place_kind=draw(st.sampled_from(["address", "phone", "video", "customer"])),
        translations=draw(translations(name=names, description=texts, place=places, terms=places)),
        terms=draw(st.none() | places),
        questions=draw(lists_of_questions),
    )


def words(most: str) -> st.SearchStrategy[str]:
    """Make texts that can be the words of a letter."""
    return st.just("") | st.text(letters | st.sampled_from(most), min_size=1, max_size=40).filter(
        lambda text: not is_blank(text) and "{" not in text
    )


letter_words = st.dictionaries(
    st.tuples(st.sampled_from(["confirmed", "moved"]), st.sampled_from(["ar", "de", "en"])),
    st.builds(LetterWords, words(" "), words("\n\t"), words("\n\t")).filter(bool),
    max_size=3,
).map(lambda found: dict(sorted(found.items())))


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    resource_ids = draw(st.lists(ids, max_size=3, unique=True))
    service_ids = draw(st.lists(ids, max_size=3, unique=True))
    email, its_letters = draw(contacts(without=()))
    offered = {each: draw(services(each, resource_ids)) for each in service_ids}
    headings = [each.category for each in offered.values() if each.category is not None]
    named = translations(name=names).filter(bool)
    return Catalog(
        Business(
            draw(names),
            draw(zones),
            draw(st.from_regex(r"\A[A-Z]{3}\Z")),
            draw(some_minutes),
            draw(st.none() | st.sampled_from(["DE", "US", "AU"])),
            email,
            its_letters,
            draw(reminders),
            draw(st.sampled_from(["en", "de-AT"])),
            draw(st.none() | st.just("+49 30 1234567")),
            draw(st.none() | places),
            translations=draw(translations(name=names, place=places, terms=places)),
            terms=draw(st.none() | places),
        ),
        offered,
        {each: draw(resources(each)) for each in resource_ids},
        draw(times_off()),
        categories=draw(st.fixed_dictionaries({}, optional=dict.fromkeys(headings, named))),
        letter_words=draw(letter_words),
    )
