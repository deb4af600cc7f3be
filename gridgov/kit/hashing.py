"""Chains of facts that cannot be changed without showing, and fingerprints of files.

Pure: bytes and values in, bytes out. The key and the storage are the caller's business.
"""

import hashlib
import hmac
import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, BinaryIO
from uuid import UUID

DIGEST_SIZE = 32
CHUNK = 1024 * 1024

# From here on JSONB gives a float back as an integer, and the chain would break by itself.
LARGEST_FLOAT = 1e15


class NotCanonical(TypeError):
    """A fact has no single written form; the message names the place."""


def canonical(facts: Mapping[str, Any]) -> bytes:
    """The one written form of a set of facts: the same facts, the same bytes, on any machine.

    ASCII JSON with sorted keys and no spaces. Moments become UTC with microseconds; dates, UUIDs,
    Decimals and floats become texts, bytes become hexadecimal. Naive moments, sets, lazy
    translations and anything else without one written form raise NotCanonical.
    """
    plain = _plain(facts, "facts")
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _plain(value: Any, place: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return {_key(key, place): _plain(held, f"{place}.{key}") for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held, f"{place}[{number}]") for number, held in enumerate(value)]
    return _text(value, place)


def _key(key: Any, place: str) -> str:
    if not isinstance(key, str):
        raise NotCanonical(f"{place}: the key {key!r} is not a text")
    return str.__str__(key)


def _text(value: Any, place: str) -> str:
    if isinstance(value, datetime):
        return _moment(value, place)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, float) and math.isfinite(value) and abs(value) < LARGEST_FLOAT:
        return repr(value)
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    raise NotCanonical(f"{place}: {value!r} ({type(value).__name__}) has no canonical form")


def _moment(value: datetime, place: str) -> str:
    if value.utcoffset() is None:
        raise NotCanonical(f"{place}: {value!r} names no time zone")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chain(key: bytes, previous: bytes, facts: Mapping[str, Any]) -> bytes:
    """The link that follows `previous`: HMAC-SHA256 over the previous link and the facts.

    The first link of a chain follows b"". Who does not hold the key can forge no link.
    """
    if not key:
        raise ValueError("A chain needs a key.")
    if len(previous) not in (0, DIGEST_SIZE):
        raise ValueError(f"A link has {DIGEST_SIZE} bytes; the previous one has {len(previous)}.")
    message = bytes([len(previous)]) + bytes(previous) + canonical(facts)
    return hmac.new(key, message, hashlib.sha256).digest()


def is_link(
    link: bytes | memoryview, key: bytes, previous: bytes | memoryview, facts: Mapping[str, Any]
) -> bool:
    """Whether a stored link is the one that follows `previous` with these facts."""
    return hmac.compare_digest(bytes(link), chain(key, bytes(previous), facts))


def file_sha256(file: BinaryIO) -> str:
    """The SHA-256 of a whole file in hexadecimal; the file stands at its beginning again."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
