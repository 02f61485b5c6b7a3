"""Addresses and raw arrivals are kept as a keyed hash to find them by and a ciphertext to read them back."""


class Sealer:
    """Made from the 32-byte key of the settings; two purposes never share a derived key."""

    def __init__(self, key: bytes) -> None:
        raise NotImplementedError

    def hash(self, channel: str, value: str) -> bytes:
        """32 bytes, the same for the same channel and value under the same key."""
        raise NotImplementedError

    def seal(self, plain: bytes) -> bytes:
        """AES-GCM with a fresh nonce."""
        raise NotImplementedError

    def unseal(self, cipher: bytes) -> bytes:
        """Raises `ValueError` when the key is another one or the bytes were changed."""
        raise NotImplementedError
