"""What is sealed is read back with the same key alone, and an address is found without being readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.storage.sealing import Sealer

_OURS = Sealer(bytes(range(32)))
_OTHERS = Sealer(bytes(reversed(range(32))))


@given(some.binary(max_size=5000))
def test_what_was_sealed_comes_back(plain: bytes) -> None:
    assert _OURS.unseal(_OURS.seal(plain)) == plain


def test_the_same_words_are_sealed_differently_each_time() -> None:
    assert _OURS.seal(b"+46701740605") != _OURS.seal(b"+46701740605")


@given(some.binary(max_size=50), some.data())
def test_a_changed_byte_is_noticed(plain: bytes, data: some.DataObject) -> None:
    sealed = bytearray(_OURS.seal(plain))
    sealed[data.draw(some.integers(0, len(sealed) - 1))] ^= data.draw(some.integers(1, 255))
    with pytest.raises(ValueError, match="sealed"):
        _OURS.unseal(bytes(sealed))


@given(some.binary(max_size=60))
def test_bytes_that_were_never_sealed_are_refused(some_bytes: bytes) -> None:
    with pytest.raises(ValueError, match="sealed"):
        _OURS.unseal(some_bytes)


def test_another_key_neither_reads_nor_finds() -> None:
    with pytest.raises(ValueError, match="another key"):
        _OTHERS.unseal(_OURS.seal(b"+46701740605"))
    assert _OTHERS.hash("sms", "+46701740605") != _OURS.hash("sms", "+46701740605")


def test_an_address_is_found_by_the_same_hash_after_a_restart() -> None:
    # Written down once: if it changes, no address of a running installation is found any more.
    assert Sealer(bytes(range(32))).hash("sms", "+46701740605").hex() == (
        "a8528969081e3a98ac199cc0c0a33b4d25c2400d7f6c043c2f3a3892bb655ff8"
    )


def test_the_same_value_on_two_channels_is_two_hashes() -> None:
    assert _OURS.hash("sms", "123") != _OURS.hash("telegram", "123")


def test_a_strangers_broken_text_can_be_hashed() -> None:
    assert len(_OURS.hash("telegram", "\ud800")) == 32


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Sealer(bytes(16))
