"""Any update is read as what it is to us, or refused as unreadable, and never breaks the reader."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.incoming import Unreadable
from bot.channels.telegram_updates import parse_update, read_update
from bot.domain.messages import InboundKind, InboundMessage
from tests.fakes.bot_api import BotApi, membership, private

CHAT = 4711
PERSON = {"id": CHAT, "is_bot": False, "first_name": "Person"}
MESSAGE: dict[str, Any] = {"message_id": 7, "date": 1_700_000_000, "chat": private(CHAT), "from": PERSON}
GROUP = {"id": -100, "type": "group", "title": "All of us"}
FILE = {"file_id": "a", "file_unique_id": "b", "file_size": 1}


def read(**update: object) -> InboundMessage:
    return read_update(json.dumps({"update_id": 1, **update}).encode(), account="70001")


def test_words_are_read_with_their_sender() -> None:
    message = read(message={**MESSAGE, "text": "4 av 5 👍🏽"})
    assert (message.kind, message.sender, message.account) == (InboundKind.WORDS, "4711", "70001")
    assert (message.words, message.message_id) == ("4 av 5 👍🏽", "4711:7")


def test_words_are_fit_for_any_database() -> None:
    raw = json.dumps({"update_id": 1, "message": {**MESSAGE, "text": "a\0b\ud800c" + "x" * 9000}}).encode()
    words = read_update(raw).words
    assert words.startswith("abcx")
    assert len(words) == 4096


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("/start ABC-123", InboundKind.START, "ABC-123"),
        ("/start@framsteg_bot ABC", InboundKind.START, "ABC"),
        ("/start", InboundKind.START, ""),
        ("/help", InboundKind.WORDS, "/help"),
        ("/stop", InboundKind.WORDS, "/stop"),
        ("/startle me", InboundKind.WORDS, "/startle me"),
    ],
)
def test_a_deep_link_is_told_apart_from_other_commands(text: str, kind: InboundKind, words: str) -> None:
    message = read(message={**MESSAGE, "text": text, "entities": [{"type": "bot_command", "offset": 0, "length": 6}]})
    assert (message.kind, message.words) == (kind, words)


def test_an_edit_says_which_message_it_corrects() -> None:
    message = read(edited_message={**MESSAGE, "edit_date": 1_700_000_001, "text": "5"})
    assert (message.kind, message.words, message.message_id) == (InboundKind.EDIT, "5", "4711:7")


def test_an_edited_caption_is_read_as_words_are() -> None:
    message = read(edited_message={**MESSAGE, "edit_date": 1_700_000_001, "caption": "hej"})
    assert (message.kind, message.words, message.message_id) == (InboundKind.EDIT, "hej", "4711:7")


def a_tap(**more: object) -> dict[str, object]:
    return {"id": "99", "from": PERSON, "message": {**MESSAGE, "text": "?"}, "chat_instance": "1", **more}


def test_a_tap_brings_its_data_its_id_and_its_message() -> None:
    message = read(callback_query=a_tap(data="tap:hope:4"))
    assert (message.kind, message.words, message.tap_id) == (InboundKind.TAP, "tap:hope:4", "99")
    assert (message.sender, message.message_id) == ("4711", "4711:7")


def test_a_tap_on_a_message_too_old_to_see_is_still_a_tap() -> None:
    old = {"chat": private(CHAT), "message_id": 3, "date": 0}
    message = read(callback_query=a_tap(data="tap:hope:4", message=old))
    assert (message.kind, message.message_id) == (InboundKind.TAP, "4711:3")


def test_a_tap_without_data_or_message_asks_for_nothing() -> None:
    assert read(callback_query=a_tap(game_short_name="x")).kind is InboundKind.NOTHING
    assert read(callback_query=a_tap(data="x", message=None)).kind is InboundKind.NOTHING


@pytest.mark.parametrize(
    "part",
    [
        {"photo": [{**FILE, "width": 1, "height": 1}]},
        {"voice": {**FILE, "duration": 1}},
        {"sticker": {**FILE, "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}},
        {"video": {**FILE, "width": 1, "height": 1, "duration": 1}},
        {"video_note": {**FILE, "length": 1, "duration": 1}},
        {"audio": {**FILE, "duration": 1}},
        {"document": FILE},
        {"location": {"longitude": 1.0, "latitude": 1.0}},
        {"contact": {"phone_number": "+46701234567", "first_name": "A"}},
        {"dice": {"emoji": "🎲", "value": 3}},
    ],
)
def test_pictures_voices_and_the_like_are_media(part: dict[str, object]) -> None:
    message = read(message={**MESSAGE, **part, "caption": "min dag"})
    assert (message.kind, message.words, message.sender) == (InboundKind.MEDIA, "min dag", "4711")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [("member", "kicked", InboundKind.BLOCKED), ("kicked", "member", InboundKind.UNBLOCKED)],
)
def test_a_block_and_its_end_are_told(before: str, after: str, kind: InboundKind) -> None:
    message = read(my_chat_member=membership(CHAT, before=before, after=after))
    assert (message.kind, message.sender) == (kind, "4711")


def test_a_chat_that_moves_says_where() -> None:
    message = read(message={**MESSAGE, "chat": GROUP, "migrate_to_chat_id": -1001234567890})
    assert (message.kind, message.sender, message.words) == (InboundKind.MOVED, "-100", "-1001234567890")


@pytest.mark.parametrize(
    "update",
    [
        {"message": {**MESSAGE, "chat": GROUP, "text": "hej alla"}},
        {"edited_message": {**MESSAGE, "chat": GROUP, "text": "hej alla"}},
        {"callback_query": a_tap(data="tap:hope:4", message={**MESSAGE, "chat": GROUP, "text": "?"})},
        {"my_chat_member": {**membership(CHAT, before="member", after="kicked"), "chat": GROUP}},
        {"message": {**MESSAGE, "from": {**PERSON, "is_bot": True}, "text": "I am a bot"}},
        {"message": {**MESSAGE, "new_chat_title": "x"}},
        {"message": MESSAGE},
        {"edited_message": MESSAGE},
        {"channel_post": {**MESSAGE, "chat": {"id": -5, "type": "channel", "title": "x"}, "text": "x"}},
        {"poll_answer": {"poll_id": "1", "user": PERSON, "option_ids": [1], "option_persistent_ids": ["a"]}},
        {"something_new": {"a": 1}},
        {},
    ],
)
def test_what_is_not_between_us_and_one_person_asks_for_nothing(update: dict[str, object]) -> None:
    assert read(**update).kind is InboundKind.NOTHING


@pytest.mark.parametrize("raw", [b"", b"{", b"null", b"[]", b"1", b'"x"', b"\xff", b"[" * 100_000, b"NaN"])
def test_what_is_no_update_is_unreadable_and_still_has_a_key_of_its_own(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        read_update(raw)
    kept = parse_update(raw)
    assert (kept.update_id, kept.sender, kept.raw) == (None, "", raw)
    assert len(kept.key) < 100
    assert kept.key == parse_update(raw).key != parse_update(raw + b" ").key


def test_the_key_and_the_sender_are_known_before_an_update_is_read() -> None:
    api = BotApi()
    api.write(CHAT, "hej")
    api.edit(CHAT, 1, "hej hej")
    api.tap(CHAT, 2, "tap:hope:1")
    api.block(CHAT)
    kept = [parse_update(json.dumps(update).encode()) for update in api.waiting]
    assert [update.sender for update in kept] == ["4711"] * 4
    assert [(update.update_id, update.key) for update in kept] == [(n, str(n)) for n in range(500, 504)]


@pytest.mark.parametrize("wrong", [None, "1", True, -1, 1.5, 2**60, [], {}])
def test_an_update_id_that_is_none_is_replaced_by_a_digest(wrong: object) -> None:
    kept = parse_update(json.dumps({"update_id": wrong, "message": {"chat": {"id": "x"}}}).encode())
    assert (kept.update_id, kept.sender) == (None, "")
    assert kept.key.startswith("bytes-")


@pytest.mark.parametrize("wrong", [True, 10**20, "4711", None, 1.5])
def test_a_chat_that_cannot_be_written_to_is_unreadable(wrong: object) -> None:
    with pytest.raises(Unreadable):
        read(message={**MESSAGE, "chat": {**private(CHAT), "id": wrong}, "text": "hej"})


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(10**30),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
WHOLE = [
    {"message": {**MESSAGE, "text": "4", "entities": [{"type": "bold", "offset": 0, "length": 1}]}},
    {"message": {**MESSAGE, "photo": [{**FILE, "width": 1, "height": 1}], "caption": "x"}},
    {"message": {**MESSAGE, "text": "4", "reply_to_message": {**MESSAGE, "text": "?"}}},
    {"edited_message": {**MESSAGE, "edit_date": 1, "text": "5"}},
    {"callback_query": a_tap(data="tap:hope:4")},
    {"my_chat_member": membership(CHAT, before="member", after="kicked")},
]


@settings(max_examples=500)
@given(st.data())
def test_a_malformed_update_raises_nothing_but_unreadable(data: st.DataObject) -> None:
    update = json.loads(json.dumps({"update_id": 1, **data.draw(st.sampled_from(WHOLE))}))
    for _ in range(data.draw(st.integers(1, 3))):
        _damage(data, update)
    raw = json.dumps(update).encode()
    parse_update(raw)
    with suppress(Unreadable):
        message = read_update(raw)
        message.words.encode("utf-8")
        assert message.sender == "" or message.sender.lstrip("-").isdecimal()


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_unreadable(raw: bytes) -> None:
    parse_update(raw)
    with suppress(Unreadable):
        read_update(raw)


def _damage(data: st.DataObject, update: dict[str, Any]) -> None:
    """One value somewhere inside is taken away or replaced."""
    place: dict[str, Any] = update
    while True:
        key = data.draw(st.sampled_from(sorted(place) or ["new"]))
        if isinstance(place.get(key), dict) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        if data.draw(st.booleans()):
            place.pop(key, None)
        else:
            place[key] = data.draw(JUNK)
        return
