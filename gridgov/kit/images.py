"""Photos from strangers: looked at with suspicion, drawn anew, kept without their metadata.

A file is believed by its content, never by its name. Size, frames and metadata are read
from the container by the small readers below before any decoder sees a byte; the decoder
then gets the picture alone. What is stored is always a JPEG that this program drew.
"""

import hashlib
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import BinaryIO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

MEBIBYTE = 1024 * 1024
MAX_BYTES = 15 * MEBIBYTE
# Decoding as many pixels with transparency takes some 600 MB for a moment.
MAX_PIXELS = 60_000_000
MAX_SIDE = 12_000

KEPT_SIDE = 2560
KEPT_QUALITY = 85

# A camera writes ten scans at most; thousands of empty ones keep a decoder busy for hours.
MAX_SCANS = 100
# A camera writes a few dozen entries.
MAX_EXIF_ENTRIES = 500
MAX_EXIF_BYTES = 256 * 1024

# Cameras that name no zone are held to run on the wall clock of the country.
CAMERA_ZONE = ZoneInfo("Asia/Shanghai")
# Earlier than any digital camera, or later than any of ours: a clock that was never set. Beyond the year 9999 lies
# what the database can keep and nobody can read.
FIRST_YEAR, LAST_YEAR = 1990, 2099

Position = tuple[float, float]


class ImageRefused(ValueError):
    """The file cannot be kept as a photo; the message may be shown to who sent it."""


@dataclass(frozen=True)
class CleanImage:
    """A photo as it may be stored: a JPEG without metadata, and what the metadata said.

    `sha256` belongs to `content`, `source_sha256` to the file that was sent (the same file sent
    twice is the same photo). `phash` is a signed 64-bit difference hash: see `distance`.
    `position` is (latitude, longitude) in WGS 84; whether to keep it is the caller's decision.
    """

    content: bytes = field(repr=False)
    width: int
    height: int
    sha256: str
    source_sha256: str
    phash: int
    taken_at: datetime | None = None
    position: Position | None = None
    format: str = "JPEG"


@dataclass(frozen=True)
class Container:
    """What a container says about its picture, and the picture with everything else removed."""

    width: int
    height: int
    picture: bytes = field(repr=False)
    exif: bytes = field(default=b"", repr=False)
    is_animated: bool = False


# --- the door ----------------------------------------------------------------------------


def sanitize(
    file: BinaryIO,
    *,
    max_bytes: int = MAX_BYTES,
    max_pixels: int = MAX_PIXELS,
    max_side: int = MAX_SIDE,
) -> CleanImage:
    """Return the photo as it may be stored, or raise ImageRefused saying what is in the way."""
    content = _read(file, max_bytes)
    kind = sniff(content)
    if kind not in READERS:
        raise ImageRefused(_wrong_kind(kind))
    read, decoder = READERS[kind]
    try:
        container = read(content)
    except (struct.error, LookupError, ValueError) as error:
        raise ImageRefused(_damaged()) from error
    _refuse_large(container, max_pixels, max_side)
    if container.is_animated:
        raise ImageRefused(_("Only still pictures are possible; this one moves."))
    return _clean(content, container, decoder)


def _read(file: BinaryIO, max_bytes: int) -> bytes:
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise ImageRefused(_("The file is empty."))
    if size > max_bytes:
        message = _("A photo may have %(limit).1f MB; this file has %(found).1f MB.")
        raise ImageRefused(message % {"limit": max_bytes / MEBIBYTE, "found": size / MEBIBYTE})
    return file.read(max_bytes)


def _refuse_large(container: Container, max_pixels: int, max_side: int) -> None:
    width, height = container.width, container.height
    if not width or not height:
        raise ImageRefused(_damaged())
    if max(width, height) > max_side:
        message = _("A side may have %(limit)d pixels; this picture has %(width)d × %(height)d.")
        raise ImageRefused(message % {"limit": max_side, "width": width, "height": height})
    if width * height > max_pixels:
        message = _("A photo may have %(limit)d megapixels; this one has %(found)d (%(width)d × %(height)d).")
        found = -(-width * height // 1_000_000)
        values = {"limit": max_pixels // 1_000_000, "found": found, "width": width, "height": height}
        raise ImageRefused(message % values)


def _damaged() -> str:
    return _("The picture is damaged or incomplete. Please send it again.")


# --- what kind of file -------------------------------------------------------------------

SIGNATURES = (
    # pattern of the first bytes                         kind
    (rb"\xff\xd8\xff",                                   "JPEG"),
    (rb"\x89PNG\r\n\x1a\n",                              "PNG"),
    (rb"RIFF.{4}WEBP",                                   "WebP"),
    (rb"GIF8[79]a",                                      "GIF"),
    (rb".{4}ftyp(?:hei|hev|mif1|msf1)",                  "HEIC"),
    (rb".{4}ftypavi[fs]",                                "AVIF"),
    (rb".{4}ftyp",                                       "MP4"),
    (rb"II\*\x00|MM\x00\*",                              "TIFF"),
    (rb"BM.{4}\x00\x00\x00\x00",                         "BMP"),
    (rb"%PDF-",                                          "PDF"),
    (rb"PK\x03\x04|PK\x05\x06",                          "ZIP"),
    # Atomic: a comment ends in one place only, however many follow it.
    (rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:(?><!--.*?-->)\s*|<!DOCTYPE\s+svg[^>]*>\s*)*<svg", "SVG"),
    (rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|body|script|\?php|!--|\w)", "HTML"),
)  # fmt: skip

KINDS = tuple((re.compile(pattern, re.DOTALL | re.IGNORECASE), kind) for pattern, kind in SIGNATURES)


def sniff(content: bytes) -> str:
    """The kind of a file by its first bytes, "" if it is none we know."""
    head = content[:1024]
    return next((kind for pattern, kind in KINDS if pattern.match(head)), "")


def _wrong_kind(kind: str) -> str:
    if kind:
        message = _("Only JPEG, PNG and WebP photos are possible; this file is %(kind)s.")
        return message % {"kind": kind}
    return _("Only JPEG, PNG and WebP photos are possible; this file is none of them.")


# --- reading containers: sizes and metadata without a decoder --------------------------------

# Start of frame, of every coding; 0xC4, 0xC8 and 0xCC are tables.
FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
SCAN = 0xDA
APP_EXIF = 0xE1
# JFIF and Adobe say how the colours are coded; every other APPn and the comment is metadata.
KEPT_APPS = frozenset({0xE0, 0xEE})
METADATA_MARKERS = (frozenset(range(0xE0, 0xF0)) | {0xFE}) - KEPT_APPS
EXIF_PREFIX = b"Exif\x00\x00"


def read_jpeg(content: bytes) -> Container:
    """Size and EXIF of a JPEG; its picture keeps tables, frame and scans."""
    kept, frames, exif = [content[:2]], [], b""
    for marker, body, start, end in _segments(content):
        if marker == SCAN:
            kept.append(content[start:])
            break
        if marker in FRAME_MARKERS:
            frames.append(struct.unpack(">HH", body[1:5]))
        if marker == APP_EXIF and body.startswith(EXIF_PREFIX) and not exif:
            exif = body[len(EXIF_PREFIX) :]
        if marker not in METADATA_MARKERS:
            kept.append(content[start:end])
    if len(frames) != 1 or kept[-1].count(b"\xff\xda") > MAX_SCANS:
        raise ValueError("not one frame, or too many scans")
    height, width = frames[0]
    return Container(width, height, b"".join(kept), exif)


def _segments(content: bytes) -> Iterator[tuple[int, bytes, int, int]]:
    """Marker, body, start and end of each segment up to the first scan."""
    place = 2
    while True:
        start = place
        if content[place] != 0xFF:
            raise ValueError("no marker")
        while content[place] == 0xFF:
            place += 1
        marker = content[place]
        (length,) = struct.unpack_from(">H", content, place + 1)
        end = place + 1 + length
        if length < 2 or end > len(content):
            raise ValueError("segment beyond the end")
        yield marker, content[place + 3 : end], start, end
        place = end


PICTURE_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})


def read_png(content: bytes) -> Container:
    """Size and EXIF of a PNG; its picture keeps only the chunks that draw."""
    chunks = list(_png_chunks(content))
    name, header, _whole = chunks[0]
    if name != b"IHDR":
        raise ValueError("no header")
    width, height = struct.unpack_from(">II", header)
    picture = content[:8] + b"".join(whole for name, _body, whole in chunks if name in PICTURE_CHUNKS)
    exif = next((body for name, body, _whole in chunks if name == b"eXIf"), b"")
    moves = any(name in {b"acTL", b"fcTL", b"fdAT"} for name, _body, _whole in chunks)
    return Container(width, height, picture, exif, moves)


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    place, name = 8, b""
    while name != b"IEND":
        length, name = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content):
            raise ValueError("chunk beyond the end")
        yield name, content[place + 8 : end - 4], content[place:end]
        place = end


def read_webp(content: bytes) -> Container:
    """Size and EXIF of a WebP; its picture keeps the image data and the transparency."""
    chunks = list(_webp_chunks(content))
    bodies = dict(reversed(chunks))
    name = next((name for name, _body in chunks if name in {b"VP8 ", b"VP8L", b"ANMF"}), b"")
    if name == b"ANMF" or b"ANIM" in bodies:
        width, height = _canvas(bodies[b"VP8X"])
        return Container(width, height, b"", is_animated=True)
    width, height = _lossy(bodies[name]) if name == b"VP8 " else _lossless(bodies[name])
    picture = _still_webp(name, bodies, width, height)
    return Container(width, height, picture, bodies.get(b"EXIF", b"").removeprefix(EXIF_PREFIX))


def _webp_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    (length,) = struct.unpack_from("<I", content, 4)
    if length + 8 > len(content):
        raise ValueError("file shorter than it says")
    place = 12
    while place + 8 <= length + 8:
        name, size = struct.unpack_from("<4sI", content, place)
        if place + 8 + size > len(content):
            raise ValueError("chunk beyond the end")
        yield name, content[place + 8 : place + 8 + size]
        place += 8 + size + size % 2


def _canvas(body: bytes) -> tuple[int, int]:
    low_w, high_w, low_h, high_h = struct.unpack_from("<HBHB", body, 4)
    return (low_w | high_w << 16) + 1, (low_h | high_h << 16) + 1


def _lossy(body: bytes) -> tuple[int, int]:
    if body[3:6] != b"\x9d\x01\x2a":
        raise ValueError("no key frame")
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF


def _lossless(body: bytes) -> tuple[int, int]:
    signature, bits = struct.unpack_from("<BI", body)
    if signature != 0x2F:
        raise ValueError("no lossless picture")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _still_webp(name: bytes, bodies: dict[bytes, bytes], width: int, height: int) -> bytes:
    """A WebP file with nothing but one picture; a lossy one may have its transparency beside it."""
    parts = [(name, bodies[name])]
    if name == b"VP8 " and b"ALPH" in bodies:
        has_alpha = 0x10
        size = struct.pack("<II", has_alpha, width - 1)[:7] + struct.pack("<I", height - 1)[:3]
        parts = [(b"VP8X", size), (b"ALPH", bodies[b"ALPH"]), *parts]
    riff = b"WEBP" + b"".join(
        struct.pack("<4sI", name, len(body)) + body + b"\x00" * (len(body) % 2) for name, body in parts
    )
    return struct.pack("<4sI", b"RIFF", len(riff)) + riff


Reader = Callable[[bytes], Container]
Decoder = Callable[[BinaryIO], Image.Image]

READERS: dict[str, tuple[Reader, Decoder]] = {
    "JPEG": (read_jpeg, JpegImagePlugin.JpegImageFile),
    "PNG": (read_png, PngImagePlugin.PngImageFile),
    "WebP": (read_webp, WebPImagePlugin.WebPImageFile),
}


# --- drawing anew --------------------------------------------------------------------------

ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _clean(source: bytes, container: Container, decoder: Decoder) -> CleanImage:
    facts = read_exif(container.exif)
    try:
        with decoder(BytesIO(container.picture)) as image:
            if image.size != (container.width, container.height):
                raise ValueError("the decoder sees another size")
            picture = _drawn(image, facts.orientation)
    except Exception as error:  # a decoder fed with hostile bytes may raise anything
        raise ImageRefused(_damaged()) from error
    content = _jpeg(picture)
    return CleanImage(
        content, *picture.size,
        sha256=hashlib.sha256(content).hexdigest(),
        source_sha256=hashlib.sha256(source).hexdigest(),
        phash=difference_hash(picture),
        taken_at=facts.taken_at,
        position=facts.position,
    )  # fmt: skip


def _drawn(image: Image.Image, orientation: int) -> Image.Image:
    """The picture upright, on white, in RGB, no side longer than KEPT_SIDE."""
    # A JPEG can be decoded at a half, a quarter or an eighth: the full size never exists.
    image.draft(None, (KEPT_SIDE, KEPT_SIDE))
    small = _blendable(image)
    small.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if small.mode in {"RGBA", "LA"}:
        small = small.convert("RGBA")
        paper = Image.new("RGBA", small.size, "white")
        small = Image.alpha_composite(paper, small)
    small = small.convert("RGB")
    small.info.clear()
    return small.transpose(ORIENTATIONS[orientation]) if orientation in ORIENTATIONS else small


def _blendable(image: Image.Image) -> Image.Image:
    """The picture in a mode in which pixels can be averaged."""
    if image.mode.startswith("I"):
        # 16 bits of grey: plain conversion would clip everything above 255 to white.
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in image.info or image.mode in {"P", "PA"}:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    image.load()
    return image


def _jpeg(picture: Image.Image) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, "JPEG", quality=KEPT_QUALITY)
    return buffer.getvalue()


def thumbnail(file: BinaryIO, side: int) -> bytes:
    """A small JPEG of a photo that `sanitize` has kept; a JPEG decodes at an eighth in milliseconds."""
    with JpegImagePlugin.JpegImageFile(file) as image:
        image.draft(None, (side, side))
        small = image.convert("RGB")
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
    return _jpeg(small)


def difference_hash(picture: Image.Image) -> int:
    """64 bits, signed as the database keeps them: is each of 8 × 8 places lighter than its right?"""
    grey = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            place = row * 9 + column
            bits = bits << 1 | (grey[place] > grey[place + 1])
    return bits - (1 << 64) if bits >> 63 else bits


def distance(one: int, other: int) -> int:
    """In how many of 64 places two difference hashes differ; up to ten is the same scene."""
    return ((one ^ other) & (1 << 64) - 1).bit_count()


# --- EXIF ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExifFacts:
    """The three things a photo's metadata is read for."""

    orientation: int = 1
    taken_at: datetime | None = None
    position: Position | None = None


TAG_ORIENTATION, TAG_EXIF, TAG_GPS = 0x0112, 0x8769, 0x8825
TAG_TAKEN, TAG_OFFSET = 0x9003, 0x9011
GPS_LAT_REF, GPS_LAT, GPS_LNG_REF, GPS_LNG = 1, 2, 3, 4
WANTED = frozenset({TAG_ORIENTATION, TAG_EXIF, TAG_GPS, TAG_TAKEN, TAG_OFFSET})
WANTED_GPS = frozenset({GPS_LAT_REF, GPS_LAT, GPS_LNG_REF, GPS_LNG})

ASCII, SHORT, LONG, RATIONAL = 2, 3, 4, 5
SIZES = {ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8}
MAX_VALUE_BYTES = 64

Value = bytes | tuple[int, ...]


def read_exif(block: bytes) -> ExifFacts:
    """The facts of an EXIF block; whatever cannot be read is left out, nothing is an error.

    Only a handful of entries is looked at and no value beyond 64 bytes, so that a block built to
    unfold into gigabytes costs no more than an honest one.
    """
    if len(block) > MAX_EXIF_BYTES or block[:4] not in {b"II*\x00", b"MM\x00*"}:
        return ExifFacts()
    order = "<" if block[:2] == b"II" else ">"
    try:
        first = _directory(block, order, struct.unpack_from(order + "I", block, 4)[0], WANTED)
        inner = _directory(block, order, _number(first.get(TAG_EXIF)), WANTED)
        gps = _directory(block, order, _number(first.get(TAG_GPS)), WANTED_GPS)
    except struct.error:
        return ExifFacts()
    return ExifFacts(_number(first.get(TAG_ORIENTATION)) or 1, _taken(inner), _position(gps))


def _directory(block: bytes, order: str, place: int, wanted: frozenset[int]) -> dict[int, Value]:
    if not place:
        return {}
    (count,) = struct.unpack_from(order + "H", block, place)
    found: dict[int, Value] = {}
    for number in range(min(count, MAX_EXIF_ENTRIES)):
        entry = place + 2 + number * 12
        tag, kind, length = struct.unpack_from(order + "HHI", block, entry)
        size = SIZES.get(kind, 0) * length
        if tag not in wanted or not 0 < size <= MAX_VALUE_BYTES:
            continue
        start = entry + 8 if size <= 4 else struct.unpack_from(order + "I", block, entry + 8)[0]
        found[tag] = _value(block[start : start + size], kind, order)
    return found


def _value(raw: bytes, kind: int, order: str) -> Value:
    if kind == ASCII:
        return raw.rstrip(b"\x00 ")
    letter = "H" if kind == SHORT else "I"
    return tuple(struct.unpack(f"{order}{len(raw) // struct.calcsize(letter)}{letter}", raw))


def _number(value: Value | None) -> int:
    return value[0] if isinstance(value, tuple) and value else 0


def _taken(inner: dict[int, Value]) -> datetime | None:
    text, offset = inner.get(TAG_TAKEN), inner.get(TAG_OFFSET)
    if not isinstance(text, bytes):
        return None
    has_zone = isinstance(offset, bytes) and re.fullmatch(rb"[+-]\d\d:\d\d", offset)
    zone = offset if isinstance(offset, bytes) and has_zone else b"+00:00"
    try:
        moment = datetime.strptime((text + zone).decode("ascii"), "%Y:%m:%d %H:%M:%S%z")
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment if has_zone else moment.replace(tzinfo=CAMERA_ZONE)


def _position(gps: dict[int, Value]) -> Position | None:
    latitude = _degrees(gps.get(GPS_LAT), gps.get(GPS_LAT_REF), b"NS", 90)
    longitude = _degrees(gps.get(GPS_LNG), gps.get(GPS_LNG_REF), b"EW", 180)
    # (0, 0) is what a camera writes before it has a fix.
    if latitude is None or longitude is None or (latitude, longitude) == (0.0, 0.0):
        return None
    return latitude, longitude


def _degrees(value: Value | None, letter: Value | None, sides: bytes, limit: int) -> float | None:
    if not isinstance(value, tuple) or len(value) != 6 or not isinstance(letter, bytes) or len(letter) != 1:
        return None
    if letter not in sides or not all(value[1::2]):
        return None
    degrees, minutes, seconds = (top / bottom for top, bottom in zip(value[::2], value[1::2], strict=True))
    angle = degrees + minutes / 60 + seconds / 3600
    if angle > limit:
        return None
    return round(-angle if letter in b"SW" else angle, 7)
