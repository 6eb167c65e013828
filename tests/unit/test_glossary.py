"""The glossary gives each word a meaning and an example, and no other word is used for the same."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "glossary.md"

#: Words that were used before, and the words that replace them.
REPLACED = {
    "catalogue": "catalog",
    "catalogues": "catalogs",
}

#: Former names in the code, which said too little, and the names that replace them.
REPLACED_NAMES = {
    "Asker": "CodeRequester",
    "before_peek": "before_read_versions",
    "bring_in": "import_plugin_data",
    "bumped_for": "lock_for_offer",
    "booked_by": "build_customer",
    "by_fairness": "rank_offers",
    "catch_up": "refresh_all",
    "give_back": "release_lingering",
    "held_by": "find_holds",
    "HoldsPart": "HoldsSnapshot",
    "inHand": "activeChoice",
    "is_told_of_more": "has_unread_hint",
    "LedgerPart": "LedgerSnapshot",
    "LocalWish": "LocalSlotRequest",
    "look_beside": "get_with_neighbours",
    "lookAround": "syncFromOtherTabs",
    "NOBODY": "UNLIMITED",
    "parse_tag": "parse_revisions",
    "seed_client": "plugin_client",
    "SeedClient": "PluginClient",
    "takeUp": "resume",
    "tell_times": "apply_claim_times",
    "Whom": "CustomerIdentity",
    "WishIn": "SlotRequestIn",
}

#: Former names of settings, and the names that replace them.
REPLACED_SETTINGS = {
    "board_idle": "board_idle_timeout",
    "body_time": "body_timeout",
    "checkout_time": "checkout_lifetime",
    "claims_per_address": "max_claims_per_ip",
    "claims_per_visitor": "max_claims_per_visitor",
    "code_time": "code_lifetime",
    "connections_per_address": "max_connections_per_ip",
    "database_connections": "max_database_connections",
    "header_time": "header_timeout",
    "hold_fresh": "hold_lifetime",
    "hold_linger": "deselected_hold_lifetime",
    "hold_poll": "polled_hold_lifetime",
    "hold_record": "hold_record_lifetime",
    "hold_take": "acquired_hold_lifetime",
    "hold_total": "max_hold_lifetime",
    "keep_rest": "claim_cooldown",
    "keep_total": "max_claim_duration",
    "limit_bookings_customer": "max_booking_rate_per_customer",
    "limit_changes": "max_change_rate_per_booking",
    "limit_codes": "max_code_rate_per_ip_and_mailbox",
    "limit_codes_address": "max_code_rate_per_ip",
    "limit_codes_mailbox": "max_code_rate_per_mailbox",
    "limit_lookups": "max_lookup_rate_per_ip",
    "limit_writes": "max_write_rate_per_ip",
    "limit_writes_visitor": "max_write_rate_per_visitor",
    "secret_key_previous": "previous_secret_key",
    "session_idle": "session_idle_timeout",
    "session_time": "session_lifetime",
    "stream_life": "stream_lifetime",
    "streams_per_address": "max_streams_per_ip",
    "streams_per_view": "max_streams_per_view",
}

#: All files that are written by hand, except the packages of the front end and this file.
WRITTEN = [
    *ROOT.glob("*.md"),
    *(ROOT / "bench").rglob("*.py"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "frontend" / "src").rglob("*.*"),
    *(path for path in (ROOT / "src").rglob("*.*") if path.suffix in (".lua", ".py", ".toml")),
    *(path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__)),
]


def test_each_word_has_a_meaning_and_an_example() -> None:
    rows = re.findall(r"^\| \*\*(.+?)\*\* \|(.*)\|(.*)\|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 50
    assert [word for word, *cells in rows if not all(cell.strip() for cell in cells)] == []


def test_no_word_has_two_meanings() -> None:
    words = re.findall(r"^\| \*\*(.+?)\*\* \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(words) == len(set(words))


def test_no_file_uses_a_word_that_was_replaced() -> None:
    replaced = re.compile(rf"(?<![a-zA-Z])({'|'.join(REPLACED)})(?![a-zA-Z])", re.IGNORECASE)
    assert _lines_with(replaced, REPLACED) == []


def test_no_file_uses_a_name_that_was_replaced() -> None:
    replaced = re.compile(rf"\b({'|'.join(REPLACED_NAMES)})\b")
    assert _lines_with(replaced, REPLACED_NAMES) == []


def test_no_file_uses_an_old_name_of_a_setting() -> None:
    replaced = re.compile(rf"\b(?:DIBS_)?({'|'.join(REPLACED_SETTINGS)})\b", re.IGNORECASE)
    assert _lines_with(replaced, REPLACED_SETTINGS) == []


def _lines_with(replaced: re.Pattern[str], names: dict[str, str]) -> list[str]:
    assert len(WRITTEN) > 300
    new_name_of = {old.lower(): new for old, new in names.items()}
    return [
        f"{path.relative_to(ROOT)}:{number}: {match[0]} is {new_name_of[match[1].lower()]} now"
        for path in WRITTEN
        for number, line in enumerate([path.name, *path.read_text("utf-8").splitlines()])
        for match in replaced.finditer(line)
    ]
