"""A sealed file gives back what was put in, and nothing once it was tampered with."""

import io

import pytest

from gridgov.kit.crypto import SealBroken
from gridgov.kit.sealedfiles import LENGTH, PIECE, SealingWriter, unsealed

PLACE = "export:7"


def sealed(content: bytes, place: str = PLACE) -> bytes:
    file = io.BytesIO()
    with SealingWriter(file, place) as writer:
        for start in range(0, len(content), 100_000):
            writer.write(content[start : start + 100_000])
    return file.getvalue()


def opened(token: bytes, place: str = PLACE) -> bytes:
    with unsealed(io.BytesIO(token), place) as plain:
        return plain.read()


def pieces(token: bytes) -> list[bytes]:
    found, file = [], io.BytesIO(token)
    while head := file.read(LENGTH):
        found.append(head + file.read(int.from_bytes(head, "big")))
    return found


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 5])
def test_what_went_in_comes_out(size):
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    assert opened(sealed(content)) == content


def test_nothing_of_it_can_be_read_in_the_file():
    content = "程晓梅13812345678".encode() * 1000

    assert "程晓梅".encode() not in sealed(content) and b"13812345678" not in sealed(content)


def test_another_files_place_does_not_open_it():
    with pytest.raises(SealBroken):
        opened(sealed(b"content"), "export:8")


# what was done to three pieces
TAMPERED = {
    "cut off": lambda parts: parts[:-1],
    "one left out": lambda parts: [parts[0], parts[2]],
    "in another order": lambda parts: [parts[1], parts[0], parts[2]],
    "something added": lambda parts: [*parts, parts[0]],
    "torn": lambda parts: [*parts[:-1], parts[-1][:-1]],
    "emptied": lambda parts: [],
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_does_not_open(what):
    parts = pieces(sealed(b"x" * (2 * PIECE + 9)))
    assert len(parts) == 3

    with pytest.raises(SealBroken):
        opened(b"".join(TAMPERED[what](parts)))
