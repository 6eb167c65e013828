"""Languages and times in letters, and templates that replace those of the package."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import write_po
from structlog.testing import capture_logs

from dibs.letters.languages import catalogs, language_of
from dibs.letters.letter import Letter, LetterKind, PlaceKind, Recipient
from dibs.letters.messages import catalog_files, find_faults, template_messages
from dibs.letters.samples import REASONS, sample_business, sample_letter, sample_letters
from dibs.letters.templates import BrokenTemplate
from dibs.letters.writer import LetterWriter
from tests.support.letters import read_html

LETTERS = list(sample_letters("en"))


def test_there_are_five_languages() -> None:
    assert sorted(catalogs()) == ["ar", "de", "en", "es", "fr"]


@pytest.mark.parametrize("letter", LETTERS, ids=lambda each: f"{each.kind}-{each.recipient}")
@pytest.mark.parametrize("language", ["ar", "es", "fr"])
def test_each_language_has_its_own_letters(letter: Letter, language: str) -> None:
    """It has its own sentences, names of days, and text direction."""
    written = LetterWriter().write(replace(letter, language=language))
    english = LetterWriter().write(letter)
    day = {"ar": "الأربعاء", "es": "miércoles", "fr": "mercredi"}[language]
    assert day in written.text
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in written.html
    assert ('align="right"' in written.html) == (language == "ar")
    sentences = {line for line in english.text.splitlines() if line.endswith((".", ":"))}
    assert sentences
    assert sentences.isdisjoint(written.text.splitlines())


MARKUP = "<script>alert(1)</script> & \"'"


@pytest.mark.parametrize("recipient", ["customer", "staff"])
def test_a_letter_lists_what_was_answered(recipient: Recipient) -> None:
    answers = (("Wishes?", f"{MARKUP}\nحساسية"), ("Adult?", True), ("Guests?", 2), ("Car?", False))
    for language, yes, no in (("en", "Yes", "No"), ("de", "Ja", "Nein"), ("ar", "نعم", "لا")):
        letter = replace(sample_letter("confirmed", recipient, language), answers=answers)
        written = LetterWriter().write(letter)
        lines = written.text.splitlines()
        first = lines.index("Wishes?")
        said = [line for line in lines[first : first + 13] if line]
        wanted = ["Wishes?", MARKUP, "حساسية", "Adult?", yes, "Guests?", "2", "Car?", no]
        assert said[: len(wanted)] == wanted
        assert "<script>" not in written.html
        assert "&lt;script&gt;" in written.html
        assert written.calendar is not None
        assert b"Wishes" not in written.calendar


def test_a_letter_without_answers_is_as_before() -> None:
    written = LetterWriter().write(sample_letter("confirmed", "staff", "en"))
    assert "\n\n\n\n" not in written.text
    assert "\n\nBooking number: " in written.text


@pytest.mark.parametrize(
    ("kind", "english", "german", "french", "spanish", "arabic"),
    [
        ("phone", "By telephone", "Am Telefon", "Par téléphone", "Por teléfono", "عبر الهاتف"),
        ("video", "By video", "Per Video", "En visio", "Por vídeo", "عبر الفيديو"),
        ("customer", "At your place", "Bei Ihnen", "Chez vous", "En su domicilio", "في مكانك"),
    ],
)
def test_a_letter_says_where_it_is_if_the_service_has_no_place(
    kind: PlaceKind, english: str, german: str, french: str, spanish: str, arabic: str
) -> None:
    words = {"en": english, "de": german, "fr": french, "es": spanish, "ar": arabic}
    for language, said in words.items():
        letter = sample_letter("confirmed", "customer", language)
        somewhere = replace(letter.appointment, place=None, place_kind=kind)
        written = LetterWriter().write(replace(letter, appointment=somewhere))
        assert said in written.text.splitlines()
        assert said in read_html(written.html).texts
        named = replace(letter.appointment, place="+49 30 1", place_kind=kind)
        written = LetterWriter().write(replace(letter, appointment=named))
        assert said not in written.text
        assert "+49 30 1" in written.text.splitlines()


@pytest.mark.parametrize("language", ["ar", "de", "en", "es", "fr"])
def test_the_sample_of_a_declined_request_has_a_reason(language: str) -> None:
    letter = sample_letter("declined", "customer", f"{language}-XX")
    written = LetterWriter().write(letter)
    assert letter.reason == REASONS[language]
    assert letter.reason in written.text.splitlines()
    assert letter.reason in read_html(written.html).texts


@pytest.mark.parametrize("minutes", [0, 1, 2, 3, 10, 11, 100])
def test_arabic_has_a_form_for_each_number(minutes: int) -> None:
    written = LetterWriter().write_code("123456", minutes, sample_business(), "ar")
    words = {1: "دقيقة واحدة", 2: "دقيقتين", 3: "3 دقائق", 10: "10 دقائق"}
    assert words.get(minutes, f"{minutes} دقيقة") in written.text
    assert 'dir="ltr"' in written.html


@pytest.mark.parametrize("file", catalog_files(), ids=lambda file: file.stem)
def test_every_message_is_translated(file: Path) -> None:
    assert len(template_messages()) > 40
    assert find_faults(file, template_messages()) == []


def test_the_check_of_translations_finds_each_fault(tmp_path: Path) -> None:
    wanted = template_messages()
    catalog = template_messages()
    for message in catalog:
        if message.id and not message.pluralizable:
            message.string = message.id
    catalog.add("Nobody says this", "Niemand")
    catalog["Old time"].string = ""
    catalog["New time"].flags.add("fuzzy")
    catalog["Time zone: %(zone)s"].string = "Zeitzone: %(zome)s"
    file = tmp_path / "de.po"
    with file.open("wb") as target:
        write_po(target, catalog)
    faults = find_faults(file, wanted)
    assert "not translated: 'Old time'" in faults
    assert "not translated: 'New time'" in faults
    assert "placeholders differ: 'Time zone: %(zone)s'" in faults
    assert "in no template: 'Nobody says this'" in faults
    for plural in ("It works once", "The link works once"):
        assert len([fault for fault in faults if plural in fault]) == 1
    assert len(faults) == 6


@pytest.mark.parametrize("letter", LETTERS, ids=lambda each: f"{each.kind}-{each.recipient}")
def test_a_german_letter_has_no_english_message(letter: Letter) -> None:
    written = LetterWriter().write(replace(letter, language="de-AT"))
    assert "Mittwoch, 2. Dezember 2026" in written.text
    assert 'lang="de-AT"' in written.html
    for message in template_messages():
        if isinstance(message.id, str) and message.id and "%" not in message.id:
            lines = written.text.splitlines()
            assert message.id not in lines
            assert f">{message.id}<" not in written.html


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("de", "de"),
        ("de-CH", "de-CH"),
        ("de_DE", "de-DE"),
        ("DE-de-x-private", "de-DE"),
        ("en-GB", "en-GB"),
        ("nl", "en"),
        ("zh-Hant-TW", "en"),
        ("de-419", "de"),
        ("", "en"),
        ("x-klingon", "en"),
        ("../../etc/passwd", "en"),
    ],
)
def test_the_nearest_language_is_used(asked: str, found: str) -> None:
    assert language_of(asked).tag == found


@pytest.mark.parametrize("kind", ["confirmed", "moved", "reminder"])
def test_a_customer_is_told_until_when_the_booking_can_be_changed(kind: LetterKind) -> None:
    letter = sample_letter(kind, "customer", "en-GB")
    told = "You can move or cancel it until Tuesday, 1 December 2026, 14:00."
    written = LetterWriter().write(letter)
    assert told in written.text
    assert told in "".join(read_html(written.html).texts)
    over = LetterWriter().write(replace(letter, is_movable=False, is_cancellable=False))
    assert "ove or cancel" not in over.text + over.html
    assert str(letter.manage_url) in over.text
    any_time = LetterWriter().write(replace(letter, move_until=None, cancel_until=None))
    assert "until" not in any_time.text


MOVE_EN = "You can move it until Tuesday, 1 December 2026, 14:00."
CANCEL_EN = "You can cancel it until Wednesday, 2 December 2026, 12:00."


@pytest.mark.parametrize(
    ("language", "changes", "button", "told"),
    [
        ("en-GB", {}, "Move or cancel", [MOVE_EN, CANCEL_EN]),
        ("en-GB", {"is_movable": False}, "Cancel", [CANCEL_EN]),
        ("en-GB", {"is_cancellable": False}, "Move", [MOVE_EN]),
        ("en-GB", {"cancel_until": None}, "Move or cancel", [MOVE_EN]),
        (
            "de",
            {},
            "Verschieben oder absagen",
            [
                "Sie können ihn bis Dienstag, 1. Dezember 2026, 14:00, verschieben.",
                "Sie können ihn bis Mittwoch, 2. Dezember 2026, 12:00, absagen.",
            ],
        ),
    ],
)
def test_a_customer_is_told_of_both_ends_where_they_differ(
    language: str, changes: dict[str, Any], button: str, told: list[str]
) -> None:
    letter = sample_letter("confirmed", "customer", language)
    later = letter.appointment.starts_at - timedelta(hours=2)
    written = LetterWriter().write(replace(letter, **{"cancel_until": later} | changes))
    html = read_html(written.html).texts
    assert button in html
    for lines in (written.text.splitlines(), html):
        ends = [line for line in lines if line.startswith(("You can", "Sie können ihn"))]
        assert ends == told


def test_a_reader_elsewhere_is_told_both_times() -> None:
    letter = sample_letter("confirmed", "customer", "en-GB", "America/New_York")
    lines = LetterWriter().write(letter).text.splitlines()
    assert "14:00 – 15:00" in lines
    assert "Time zone: Berlin" in lines
    assert "In your time zone (New York): 08:00 – 09:00" in lines


def test_the_date_is_told_too_where_it_differs() -> None:
    letter = sample_letter("confirmed", "customer", "en-GB", "Pacific/Auckland")
    text = LetterWriter().write(letter).text
    assert "In your time zone (Auckland): Thursday, 3 December 2026, 02:00 – 03:00" in text


@pytest.mark.parametrize("zone", [None, "Europe/Berlin", "Europe/Rome", "No/Such", "", "/etc/x"])
def test_a_reader_whose_clock_is_the_same_is_told_one_time(zone: str | None) -> None:
    letter = sample_letter("moved", "customer", "en", zone)
    written = LetterWriter().write(letter)
    assert "your time zone" not in written.text + written.html


def test_zones_are_compared_at_the_appointment() -> None:
    """Tunis has the offset of Berlin in winter, and another one in summer."""
    winter = sample_letter("confirmed", "customer", "en", "Africa/Tunis")
    summer_start = datetime(2027, 7, 1, 12, tzinfo=UTC)
    appointment = replace(
        winter.appointment, starts_at=summer_start, ends_at=summer_start + timedelta(hours=1)
    )
    writer = LetterWriter()
    assert "your time zone" not in writer.write(winter).text
    assert "(Tunis)" in writer.write(replace(winter, appointment=appointment)).text


def test_an_hour_that_comes_twice_is_told_with_its_offset() -> None:
    start = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    letter = sample_letter("confirmed", "customer", "de")
    appointment = replace(
        letter.appointment, starts_at=start, ends_at=start + timedelta(minutes=60)
    )
    text = LetterWriter().write(replace(letter, appointment=appointment)).text
    assert "02:30 (+0200) – 02:30 (+0100)" in text


def test_a_move_to_somebody_else_at_the_same_time_shows_one_time() -> None:
    letter = sample_letter("moved", "customer")
    written = LetterWriter().write(replace(letter, former_start=letter.appointment.starts_at))
    assert written.subject.startswith("Changed: ")
    assert "Old time" not in written.text


def test_an_own_template_overrules_that_of_the_package(tmp_path: Path) -> None:
    (tmp_path / "confirmed.txt").write_text("Come, {{ appointment.customer_name }} & friends!")
    (tmp_path / "style.css").write_text("h1 { color: #ff0000; }")
    (tmp_path / "notes.md").write_text("not a template")
    written = LetterWriter(tmp_path).write(sample_letter("confirmed", "customer"))
    assert written.text == "Come, Ann Miller & friends!"
    assert '<h1 style="color: #ff0000;">' in written.html
    assert written.subject.startswith("Booked: ")


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("confirmed.txt", "\n{% if %}", "confirmed.txt, line 2"),
        ("moved.html", "{{ appointment.custmer }}", "custmer"),
        ("details.txt", "{{ ''.__class__.__mro__ }}", "unsafe"),
        ("code.txt", "{{ 1 / 0 }}", "ZeroDivisionError"),
        ("reminder.subject.txt", " \n", "nothing in it"),
        ("comfirmed.txt", "Hello", "comfirmed.txt overrules no template"),
        ("confirmed.html", b"\xff", "confirmed.html"),
    ],
)
def test_a_broken_template_is_refused_at_the_start(
    tmp_path: Path, name: str, text: str | bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(BrokenTemplate, match=reason):
        LetterWriter(tmp_path)


def test_a_template_that_the_owner_has_changed_is_compiled_anew(tmp_path: Path) -> None:
    file = tmp_path / "confirmed.txt"
    letter = sample_letter("confirmed", "customer")
    for text in ("It is so.", "It is otherwise."):
        file.write_text(text)
        assert LetterWriter(tmp_path).write(letter).text.strip() == text
    assert "otherwise" not in LetterWriter().write(letter).text


def test_a_missing_folder_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(BrokenTemplate, match="there is no folder"):
        LetterWriter(tmp_path / "nowhere")


def test_a_template_that_breaks_later_is_replaced_by_that_of_the_package(tmp_path: Path) -> None:
    own = tmp_path / "confirmed.txt"
    own.write_text("{% if appointment.place %}Hi{% else %}{{ 1 / 0 }}{% endif %}")
    writer = LetterWriter(tmp_path)
    letter = sample_letter("confirmed", "customer")
    placeless = replace(letter, appointment=replace(letter.appointment, place=None))
    with capture_logs() as logs:
        written = writer.write(placeless)
    assert written == LetterWriter().write(placeless)
    assert "confirmed.txt" in logs[0]["reason"]
    assert writer.write(letter).text == "Hi"


def test_a_code_is_told_in_both_parts() -> None:
    written = LetterWriter().write_code("123456", 1, sample_business(), "de")
    assert "123456" in written.text
    assert "123456" in written.html
    assert "eine Minute lang" in written.text
    assert "123456" not in written.subject
    assert written.calendar is None


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_letter_says_why_its_reader_gets_it(language: str) -> None:
    why = {
        ("en", "customer"): "because somebody booked with this e-mail address at Studio Linden.",
        ("en", "staff"): "because Studio Linden sends letters about these appointments",
        ("de", "customer"): "mit dieser E-Mail-Adresse ein Termin bei Studio Linden gebucht",
        ("de", "staff"): "weil Studio Linden Nachrichten über diese Termine",
    }
    for letter in sample_letters(language):
        written = LetterWriter().write(letter)
        said = why[language, letter.recipient]
        assert said in written.text
        assert said in "".join(read_html(written.html).texts)
