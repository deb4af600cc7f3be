"""Personal data at rest: sealed so that only the key opens it, found again by keyed traces.

A sealed value is bound to one column of one row: copied anywhere else it does not open, and a changed
bit is an error, never another name. It says itself which key and which cipher it was sealed with, so
old values stay readable while a rotation is under way.
"""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12
TAG = 16
HEAD = 2  # cipher, key
TRACE = 16  # bytes of a keyed trace


class SealBroken(ValueError):
    """A sealed value does not open: another row's, another key's, or changed. Says nothing of the value."""


class Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class SM4GCM:
    """SM4 in Galois counter mode (GB/T 32907), with the two methods of AESGCM."""

    def __init__(self, key: bytes) -> None:
        self._cipher = algorithms.SM4(key[:16])

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        work = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(associated_data)
        return work.update(data) + work.finalize() + work.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        body, tag = data[:-TAG], data[-TAG:]
        work = Cipher(self._cipher, modes.GCM(nonce, tag)).decryptor()
        work.authenticate_additional_data(associated_data)
        return work.update(body) + work.finalize()


# The first byte of a sealed value: which cipher. Numbers are never given anew.
CIPHERS: dict[int, type[AESGCM] | type[SM4GCM]] = {1: AESGCM, 2: SM4GCM}
NUMBER_OF = {"AES": 1, "SM4": 2}


@dataclass(frozen=True)
class Keyring:
    """The keys by their numbers, the one that seals today, and the key of the traces."""

    secrets: tuple[tuple[int, str], ...]  # the first one seals, the others only open
    index_secret: str
    cipher: str = "AES"

    @property
    def current(self) -> int:
        return self.secrets[0][0]

    def seal(self, text: str, bound_to: str) -> bytes:
        """The text as it may lie in a database; twice the same text gives different bytes."""
        return self.seal_bytes(text.encode(), bound_to)

    def seal_bytes(self, content: bytes, bound_to: str) -> bytes:
        """The same for a file; it lies in memory as a whole."""
        number, nonce = NUMBER_OF[self.cipher], os.urandom(NONCE)
        body = self._aead(number, self.current).encrypt(nonce, content, bound_to.encode())
        return bytes([number, self.current]) + nonce + body

    def open(self, token: bytes, bound_to: str) -> str:
        """The text again. Raises SealBroken."""
        return self.open_bytes(token, bound_to).decode()

    def open_bytes(self, token: bytes, bound_to: str) -> bytes:
        """The file again. Raises SealBroken."""
        if len(token) < HEAD + NONCE + TAG or token[0] not in CIPHERS or token[1] not in self._secret_of:
            raise SealBroken("A sealed value is damaged, or its key is not at hand.")
        nonce, body = token[HEAD : HEAD + NONCE], token[HEAD + NONCE :]
        try:
            return self._aead(token[0], token[1]).decrypt(nonce, body, bound_to.encode())
        except InvalidTag:
            raise SealBroken("A sealed value belongs to another place, or was changed.") from None

    def is_current(self, token: bytes) -> bool:
        """Whether it was sealed with today's key and cipher."""
        return token[:HEAD] == bytes([NUMBER_OF[self.cipher], self.current])

    def trace(self, kind: str, text: str) -> bytes:
        """The same text of the same kind always leaves the same trace; nobody without the key can make one."""
        message = f"{kind}\0{text}".encode()
        if self.cipher == "SM4":
            work = HMAC(self._index_key, hashes.SM3())
            work.update(message)
            return work.finalize()[:TRACE]
        return hmac.digest(self._index_key, message, sha256)[:TRACE]

    def short_trace(self, kind: str, text: str) -> int:
        """The same as a number that fits a bigint: for arrays of many traces, where two may meet by chance."""
        return int.from_bytes(self.trace(kind, text)[:8], "big", signed=True)

    @cached_property
    def _secret_of(self) -> Mapping[int, str]:
        return dict(self.secrets)

    @cached_property
    def _index_key(self) -> bytes:
        return _derived(self.index_secret, "gridgov index")

    @cached_property
    def _ready(self) -> dict[tuple[int, int], Any]:
        return {}

    def _aead(self, cipher: int, key: int) -> Aead:
        if (cipher, key) not in self._ready:
            secret = _derived(self._secret_of[key], f"gridgov data {cipher}")
            self._ready[cipher, key] = CIPHERS[cipher](secret)
        ready: Aead = self._ready[cipher, key]
        return ready


def _derived(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose: the same secret never serves two."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(
        secret.encode()
    )


def keyring() -> Keyring:
    """The keyring of this installation, as the settings name it."""
    return _keyring(tuple(settings.DATA_KEYS), settings.INDEX_KEY, settings.DATA_CIPHER)


@lru_cache(maxsize=8)
def _keyring(secrets: tuple[tuple[int, str], ...], index_secret: str, cipher: str) -> Keyring:
    return Keyring(secrets, index_secret, cipher)
