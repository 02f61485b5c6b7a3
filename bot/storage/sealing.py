"""Addresses and raw arrivals are kept as a keyed hash to find them by and a ciphertext to read them back."""

import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

# Says how the bytes were sealed, so that another way or another key can stand beside this one some day.
_SEALED = b"\x01"
_NONCE = 12


class Sealer:
    """Made from the 32-byte key of the settings; two purposes never share a derived key."""

    def __init__(self, key: bytes) -> None:
        """Raises `ValueError` unless the key is 32 bytes."""
        if len(key) != 32:
            raise ValueError("the key is 32 bytes")
        self._finding = _derived(key, b"framsteg: find an address")
        self._cipher = AESGCM(_derived(key, b"framsteg: seal what is kept"))

    def hash(self, channel: str, value: str) -> bytes:
        """32 bytes, the same for the same channel and value under the same key.

        For looking up in an index. Where bytes are compared in Python, compare them with `hmac.compare_digest`.
        """
        # A lone surrogate cannot be written as UTF-8, and what a stranger sends must not raise here.
        return hmac.digest(self._finding, f"{channel}\0{value}".encode("utf-8", "surrogatepass"), "sha256")

    def seal(self, plain: bytes) -> bytes:
        """AES-GCM with a fresh nonce."""
        nonce = os.urandom(_NONCE)
        return _SEALED + nonce + self._cipher.encrypt(nonce, plain, _SEALED)

    def unseal(self, cipher: bytes) -> bytes:
        """Raises `ValueError` when the key is another one or the bytes were changed."""
        sealed, nonce, words = cipher[:1], cipher[1 : 1 + _NONCE], cipher[1 + _NONCE :]
        if sealed != _SEALED or len(nonce) != _NONCE:
            raise ValueError("these bytes were not sealed by us")
        try:
            return self._cipher.decrypt(nonce, words, _SEALED)
        except InvalidTag:
            raise ValueError("sealed with another key, or changed since") from None


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key)
