"""Only what Twilio signed is believed, and only what is whole is read."""

import string
from contextlib import suppress
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.incoming import Unreadable, kept_words
from bot.channels.twilio_forms import read_message, read_receipt, signed_by_twilio
from bot.domain.messages import InboundKind, ReceiptStatus
from tests.fakes.twilio_api import ACCOUNT, NUMBER, TOKEN, TwilioApi, signature

URL = "https://framsteg.example/twilio/message"


def a_form(**more: str) -> dict[str, str]:
    return TwilioApi().inbound(sender="+46701234567", body="4 3 5 - 2", **more)


def encoded(fields: dict[str, str]) -> bytes:
    return urlencode(fields).encode()


def genuine(url: str, raw: bytes, headers: dict[str, str], *, token: str = TOKEN) -> bool:
    return signed_by_twilio(
        url,
        raw,
        header=headers.get("X-Twilio-Signature", ""),
        token=token,
        settings_header=headers.get("X-Twilio-Webhooks-Signature-Settings", ""),
    )


ALGORITHMS = st.sampled_from(["HMAC_SHA1", "HMAC_SHA256"])
# What can travel in a form: UTF-8 has no lone surrogates.
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(body=WORDS, extra=WORDS, algorithm=ALGORITHMS)
def test_whatever_twilio_signed_is_believed(body: str, extra: str, algorithm: str) -> None:
    fields = a_form(Body=body, NewParameter=extra)
    headers = signature(URL, fields, algorithm=algorithm)
    assert genuine(URL, encoded(fields), headers)


@given(data=st.data(), algorithm=ALGORITHMS)
def test_one_flipped_bit_anywhere_is_refused(data: st.DataObject, algorithm: str) -> None:
    fields = a_form()
    headers = signature(URL, fields, algorithm=algorithm)
    kind = data.draw(st.sampled_from(["signature", "url", "body"]))
    original = {"signature": headers["X-Twilio-Signature"].encode(), "url": URL.encode(), "body": encoded(fields)}[kind]
    flipped = bytearray(original)
    # Https is https: the scheme is the only part of an address whose letters may be large or small.
    place = data.draw(st.integers(len("https") if kind == "url" else 0, len(flipped) - 1))
    flipped[place] ^= 1 << data.draw(st.integers(0, 7))
    changed = bytes(flipped)
    if kind == "body":
        # %2b and %2B, or & at the same place as another separator, are the same form: that is no forgery.
        same = parse_qsl(changed.decode("latin-1"), keep_blank_values=True) == list(fields.items())
        assert same or not genuine(URL, changed, headers)
    elif kind == "url":
        assert not genuine(changed.decode("latin-1"), encoded(fields), headers)
    else:
        forged = {**headers, "X-Twilio-Signature": changed.decode("latin-1")}
        assert not genuine(URL, encoded(fields), forged)


def test_every_single_bit_of_the_signature_counts() -> None:
    fields = a_form()
    headers = signature(URL, fields)
    right = headers["X-Twilio-Signature"].encode()
    for place in range(len(right)):
        for bit in range(8):
            wrong = bytearray(right)
            wrong[place] ^= 1 << bit
            forged = {"X-Twilio-Signature": wrong.decode("latin-1")}
            assert not genuine(URL, encoded(fields), forged)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Signature": ""},
        {"X-Twilio-Signature": "å" * 28},
        signature(URL, a_form(), token="another-token-another-token"),
        signature("http://framsteg.example/twilio/message", a_form()),
        signature(URL + "/", a_form()),
        signature(URL + "?a=1", a_form()),
        signature("https://other.example/twilio/message", a_form()),
        {**signature(URL, a_form()), "X-Twilio-Webhooks-Signature-Settings": "key=1,algorithm=HMAC_SHA256"},
        {**signature(URL, a_form()), "X-Twilio-Webhooks-Signature-Settings": "algorithm=NONE"},
    ],
)
def test_what_another_signed_is_refused(headers: dict[str, str]) -> None:
    assert not genuine(URL, encoded(a_form()), headers)


def test_the_same_address_with_its_port_is_the_same_address() -> None:
    headers = signature("https://framsteg.example:443/twilio/message", a_form())
    assert genuine(URL, encoded(a_form()), headers)


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"Body=%FF", b"a=1&" * 600, "Body=å".encode()])
def test_a_body_that_twilio_cannot_have_sent_is_refused_without_an_error(raw: bytes) -> None:
    assert not genuine(URL, raw, signature(URL, {}))
    with pytest.raises(Unreadable):
        read_message(raw)


def test_a_text_is_read() -> None:
    message = read_message(encoded(a_form()))
    assert message.kind is InboundKind.WORDS
    assert (message.sender, message.account, message.words) == ("+46701234567", NUMBER, "4 3 5 - 2")
    assert message.opt_out is None


def test_a_picture_is_told_apart_and_its_words_are_kept() -> None:
    message = read_message(encoded(a_form(NumMedia="2", MediaUrl0="https://api.example/1", Body="min dag")))
    assert (message.kind, message.words) == (InboundKind.MEDIA, "min dag")


@pytest.mark.parametrize("said", ["STOP", "START", "HELP", "stop"])
def test_what_twilio_has_answered_itself_is_said(said: str) -> None:
    assert read_message(encoded(a_form(OptOutType=said, Body=said))).opt_out == said.upper()


@pytest.mark.parametrize("sender", ["whatsapp:+46701234567", "Telia", "messenger:123", "CountrySE", "+", "anonymous"])
def test_what_has_no_telephone_number_asks_for_nothing(sender: str) -> None:
    assert read_message(encoded(a_form(From=sender))).kind is InboundKind.NOTHING


@pytest.mark.parametrize("missing", ["AccountSid", "MessageSid", "From", "To"])
def test_a_form_without_its_ids_is_unreadable(missing: str) -> None:
    fields = a_form()
    del fields[missing]
    with pytest.raises(Unreadable):
        read_message(encoded(fields))
    with pytest.raises(Unreadable):
        read_message(encoded({**fields, missing: ""}))


@pytest.mark.parametrize("name", ["From", "Body", "MessageSid", "Something"])
def test_a_repeated_parameter_is_unreadable(name: str) -> None:
    with pytest.raises(Unreadable):
        read_message(encoded(a_form(Something="1")) + f"&{name}=%2B46709999999".encode())


@given(WORDS)
def test_kept_words_can_be_stored_anywhere(words: str) -> None:
    kept = kept_words(words + "\0\ud800" + words)
    assert "\0" not in kept
    kept.encode("utf-8")


def test_an_emoji_survives_and_a_long_text_is_cut() -> None:
    assert kept_words("👍🏽 bra") == "👍🏽 bra"
    assert kept_words("\ud83d\udc4d") == "👍"
    assert len(kept_words("å" * 100_000)) == 4096


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("accepted", ReceiptStatus.SENT),
        ("scheduled", ReceiptStatus.SENT),
        ("queued", ReceiptStatus.SENT),
        ("sending", ReceiptStatus.SENT),
        ("sent", ReceiptStatus.SENT),
        ("partially_delivered", ReceiptStatus.SENT),
        ("delivered", ReceiptStatus.DELIVERED),
        ("read", ReceiptStatus.DELIVERED),
        ("undelivered", ReceiptStatus.FAILED),
        ("failed", ReceiptStatus.FAILED),
        ("canceled", ReceiptStatus.FAILED),
    ],
)
def test_every_status_of_twilio_has_its_meaning(said: str, status: ReceiptStatus) -> None:
    fields = {"AccountSid": ACCOUNT, "MessageSid": "SM1", "MessageStatus": said, "ErrorCode": "30003"}
    receipt = read_receipt(encoded(fields), 17)
    assert receipt is not None
    assert (receipt.outbox_id, receipt.provider_id, receipt.status) == (17, "SM1", status)
    assert receipt.error_code == "30003"


@pytest.mark.parametrize("said", ["receiving", "received", "", "tomorrow's new status"])
def test_other_statuses_say_nothing(said: str) -> None:
    assert read_receipt(encoded({"AccountSid": ACCOUNT, "MessageSid": "SM1", "MessageStatus": said}), 17) is None


@pytest.mark.parametrize("code", ["", "0", "DROP TABLE", "1" * 30, "٣"])
def test_an_error_code_that_is_none_is_left_out(code: str) -> None:
    fields = {"AccountSid": ACCOUNT, "MessageSid": "SM1", "MessageStatus": "failed", "ErrorCode": code}
    receipt = read_receipt(encoded(fields), 17)
    assert receipt is not None
    assert receipt.error_code is None


@given(st.binary(max_size=400) | st.text(string.printable, max_size=400).map(str.encode))
def test_no_bytes_raise_anything_but_unreadable(raw: bytes) -> None:
    for read in (read_message, lambda it: read_receipt(it, 1)):
        with suppress(Unreadable):
            read(raw)
