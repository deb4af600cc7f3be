"""Files that lie sealed: written and read as a stream, piece by piece, so that no plain copy is ever on a disk.

Each piece is bound to the file and to its place in it, the last one says that it is the last: a file that
was cut, rearranged or joined with another does not open.
"""

import io
from typing import BinaryIO, cast

from typing_extensions import Buffer

from .crypto import SealBroken, keyring

PIECE = 256 * 1024
LENGTH = 4  # bytes before each piece that say how long it is


def _place(bound_to: str, number: int, is_last: bool) -> str:
    return f"{bound_to}:{number}{':end' if is_last else ''}"


class SealingWriter(io.RawIOBase):
    """Takes the plain content, writes it sealed. The file below is whole only once this one is closed."""

    def __init__(self, file: BinaryIO, bound_to: str) -> None:
        self.file, self.bound_to = file, bound_to
        self.number, self.waiting = 0, bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        content = bytes(data)
        self.waiting += content
        while len(self.waiting) > PIECE:
            self._put(bytes(self.waiting[:PIECE]))
            del self.waiting[:PIECE]
        return len(content)

    def close(self) -> None:
        if not self.closed:
            self._put(bytes(self.waiting), is_last=True)
            self.waiting.clear()
        super().close()

    def _put(self, piece: bytes, is_last: bool = False) -> None:
        token = keyring().seal_bytes(piece, _place(self.bound_to, self.number, is_last))
        self.file.write(len(token).to_bytes(LENGTH, "big") + token)
        self.number += 1


class Unsealed(io.RawIOBase):
    """The plain content of a sealed file, from its beginning to its end. Raises SealBroken."""

    def __init__(self, file: BinaryIO, bound_to: str) -> None:
        self.file, self.bound_to = file, bound_to
        self.number, self.ready, self.following = 0, b"", self._next()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer).cast("B")
        while not self.ready and self.following:
            self.ready = self._open()
        part, self.ready = self.ready[: len(view)], self.ready[len(view) :]
        view[: len(part)] = part
        return len(part)

    def close(self) -> None:
        self.file.close()
        super().close()

    def _next(self) -> bytes:
        size = int.from_bytes(self.file.read(LENGTH), "big")
        return self.file.read(size) if 0 < size <= 2 * PIECE else b""

    def _open(self) -> bytes:
        token, self.following = self.following, self._next()
        piece = keyring().open_bytes(token, _place(self.bound_to, self.number, not self.following))
        self.number += 1
        return piece


def unsealed(file: BinaryIO, bound_to: str) -> BinaryIO:
    """A sealed file to be read as if it were none. Raises SealBroken when there is nothing of one."""
    plain = Unsealed(file, bound_to)
    if not plain.following:
        raise SealBroken("A sealed file is empty.")
    return cast(BinaryIO, io.BufferedReader(plain, PIECE))
