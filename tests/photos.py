"""Photos for tests: plain ones, and files that only say they are photos."""

import struct
import zlib
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gridgov.kit.images import CleanImage, sanitize


def jpeg(colour: str = "red", size: tuple[int, int] = (64, 48)) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()


def clean_photo(colour: str = "red", size: tuple[int, int] = (64, 48)) -> CleanImage:
    """A photo as an action takes it."""
    return sanitize(BytesIO(jpeg(colour, size)))


def upload(content: bytes | None = None, name: str = "现场.jpg") -> SimpleUploadedFile:
    """A file as a form sends it."""
    return SimpleUploadedFile(name, jpeg() if content is None else content, content_type="image/jpeg")


def png(width: int, height: int, pixels: bytes) -> bytes:
    """A PNG of one grey channel that claims a size and carries these packed pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bombs() -> dict[str, bytes]:
    """Files that must be refused, by what they are."""
    return {
        "200 megapixels": png(20_000, 10_000, b""),
        "HTML": b"<!doctype html><script>alert(1)</script>",
        "a zip bomb": png(11_000, 11_000, zlib.compress(bytes(50_000_000), 1)),
        "an empty file": b"",
        "half a photo": jpeg(size=(640, 480))[:700],
        "an archive": b"PK\x03\x04" + bytes(100),
    }
