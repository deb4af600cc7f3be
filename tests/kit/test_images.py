"""A photo that is kept is a JPEG we drew ourselves, and nothing else gets in."""

import hashlib
import resource
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageOps
from PIL.PngImagePlugin import PngInfo

from gridgov.kit.images import (
    CleanImage,
    Container,
    ImageRefused,
    distance,
    read_exif,
    read_jpeg,
    read_png,
    read_webp,
    sanitize,
    sniff,
)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


SECRET = b"<script>alert('stolen')</script>"


def scene(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """A picture whose left half is dark and whose top right corner is red."""
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, width // 2, height), fill=(20, 20, 60))
    draw.rectangle((width * 3 // 4, 0, width, height // 4), fill=(255, 0, 0))
    return picture.convert(mode)


def encoded(picture: Image.Image, format: str = "JPEG", **options: object) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def cleaned(content: bytes, **limits: int) -> CleanImage:
    return sanitize(BytesIO(content), **limits)


def reopened(clean: CleanImage) -> Image.Image:
    image = Image.open(BytesIO(clean.content))
    image.load()
    return image


def refusal(content: bytes, **limits: int) -> str:
    with pytest.raises(ImageRefused) as refused:
        cleaned(content, **limits)
    return str(refused.value)


def png(width: int, height: int, *, data: bytes = b"", extra: bytes = b"", colour: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", data or zlib.compress(b"\x00" * 100))
        + chunk(b"IEND", b"")
    )


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def blank_png(width: int, height: int, channels: int = 1) -> bytes:
    packer = zlib.compressobj(9)
    row = b"\x00" * (1 + width * channels)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png(width, height, data=data, colour={1: 0, 3: 2, 4: 6}[channels])


def segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def with_segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    return jpeg[:2] + segment(marker, body) + jpeg[2:]


def exif_of(
    *, orientation: int = 1, taken: str = "", offset: str = "", gps: dict[int, object] | None = None
) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    inner = exif.get_ifd(0x8769)
    if taken:
        inner[0x9003] = taken
    if offset:
        inner[0x9011] = offset
    for tag, value in (gps or {}).items():
        exif.get_ifd(0x8825)[tag] = value
    return exif.tobytes()


ZHENGZHOU = {1: "N", 2: (34.0, 44.0, 47.76), 3: "E", 4: (113.0, 37.0, 31.08)}


# --- what is let in --------------------------------------------------------------------


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_plain_photo_of_each_format_becomes_a_jpeg(format: str) -> None:
    source = encoded(scene(), format)

    clean = cleaned(source)

    image = reopened(clean)
    assert (clean.format, image.format, image.mode) == ("JPEG", "JPEG", "RGB")
    assert (clean.width, clean.height) == image.size == (64, 48)
    assert clean.sha256 == hashlib.sha256(clean.content).hexdigest()
    assert clean.source_sha256 == hashlib.sha256(source).hexdigest()


@pytest.mark.parametrize(
    ("mode", "format", "options"),
    [
        ("CMYK", "JPEG", {}),
        ("L",    "JPEG", {}),
        ("RGB",  "JPEG", {"progressive": True}),
        ("1",    "PNG",  {}),
        ("L",    "PNG",  {}),
        ("LA",   "PNG",  {}),
        ("P",    "PNG",  {}),
        ("RGBA", "PNG",  {}),
        ("RGBA", "WEBP", {"lossless": True}),
        ("RGBA", "WEBP", {"quality": 80}),
        ("RGB",  "WEBP", {"lossless": True}),
    ],
)  # fmt: skip
def test_every_colour_mode_arrives_with_its_light_and_dark(
    mode: str, format: str, options: dict[str, object]
) -> None:
    image = reopened(cleaned(encoded(scene(200, 120, mode), format, **options))).convert("L")

    assert image.getpixel((30, 60)) < 60
    assert image.getpixel((130, 100)) > 230


def test_colours_stay() -> None:
    red, green, blue = reopened(cleaned(encoded(scene(200, 120), "PNG"))).getpixel((180, 10))

    assert red > 230
    assert max(green, blue) < 40


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    picture = Image.new("I;16", (100, 50))
    picture.paste(Image.new("I;16", (50, 50), 0x4000), (0, 0))
    picture.paste(Image.new("I;16", (50, 50), 0xC000), (50, 0))

    image = reopened(cleaned(encoded(picture, "PNG"))).convert("L")

    assert abs(image.getpixel((20, 25)) - 0x40) < 4
    assert abs(image.getpixel((80, 25)) - 0xC0) < 4


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_what_is_transparent_becomes_white(format: str) -> None:
    picture = Image.new("RGBA", (40, 40), (0, 0, 0, 0))

    assert min(reopened(cleaned(encoded(picture, format))).getpixel((20, 20))) > 250


def test_a_palette_with_transparency_becomes_white() -> None:
    picture = scene(200, 120, "P")

    image = reopened(cleaned(encoded(picture, "PNG", transparency=picture.getpixel((30, 60)))))

    assert min(image.getpixel((30, 60))) > 250


def test_a_large_photo_is_made_smaller_and_keeps_its_shape() -> None:
    clean = cleaned(encoded(scene(6000, 3000)))

    assert (clean.width, clean.height) == (2560, 1280)


def test_a_small_photo_is_not_blown_up() -> None:
    assert cleaned(encoded(scene(10, 7))).width == 10


# --- metadata ---------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied(orientation: int) -> None:
    source = encoded(scene(80, 60), exif=exif_of(orientation=orientation), quality=95)
    upright = ImageOps.exif_transpose(Image.open(BytesIO(source)))

    image = reopened(cleaned(source))

    assert image.size == upright.size
    spots = [(x, y) for x in (5, image.width - 5) for y in (5, image.height - 5)]
    for spot in spots:
        assert image.convert("L").getpixel(spot) == pytest.approx(upright.convert("L").getpixel(spot), abs=12)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_place_and_time_are_read_and_then_gone(format: str) -> None:
    exif = exif_of(taken="2026:09:24 09:30:00", gps=ZHENGZHOU)

    clean = cleaned(encoded(scene(), format, exif=exif))

    assert clean.position == pytest.approx((34.7466, 113.6253), abs=1e-6)
    assert clean.taken_at == datetime(2026, 9, 24, 1, 30, tzinfo=UTC)
    image = reopened(clean)
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_offset_of_the_camera_counts() -> None:
    exif = exif_of(taken="2026:09:24 09:30:00", offset="+09:00")

    assert cleaned(encoded(scene(), exif=exif)).taken_at == datetime(2026, 9, 24, 0, 30, tzinfo=UTC)


def test_south_and_west_are_negative() -> None:
    gps = {**ZHENGZHOU, 1: "S", 3: "W"}

    assert cleaned(encoded(scene(), exif=exif_of(gps=gps))).position == pytest.approx((-34.7466, -113.6253))


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {1: "N", 2: (34.0, 44.0, 47.76)},
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        {**ZHENGZHOU, 2: (91.0, 0.0, 0.0)},
        {**ZHENGZHOU, 4: (180.0, 0.0, 1.0)},
        {**ZHENGZHOU, 1: "X"},
        {**ZHENGZHOU, 3: "N"},
    ],
)
def test_a_position_that_is_none_is_left_out(gps: dict[int, object]) -> None:
    assert cleaned(encoded(scene(), exif=exif_of(gps=gps))).position is None


@pytest.mark.parametrize(
    "taken", ["0000:00:00 00:00:00", "yesterday", "1980:01:01 00:00:00", "2026:13:01 00:00:00"]
)
def test_a_time_that_is_none_is_left_out(taken: str) -> None:
    assert cleaned(encoded(scene(), exif=exif_of(taken=taken))).taken_at is None


@given(st.binary(max_size=300), st.booleans())
def test_no_exif_block_is_an_error(tail: bytes, big: bool) -> None:
    read_exif((b"MM\x00*" if big else b"II*\x00") + tail)


@settings(max_examples=300)
@given(st.data())
def test_no_damage_to_an_exif_block_is_an_error(data: st.DataObject) -> None:
    block = bytearray(exif_of(taken="2026:09:24 09:30:00", gps=ZHENGZHOU)[6:])
    for place in data.draw(st.lists(st.integers(0, len(block) - 1), max_size=6)):
        block[place] = data.draw(st.integers(0, 255))

    read_exif(bytes(block))


def test_an_exif_bomb_costs_nothing() -> None:
    entries = b"".join(struct.pack("<HHII", tag, 7, 200_000, 0) for tag in range(60_000))
    bomb = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 60_000) + entries

    clean = cleaned(png(8, 8, data=zlib.compress(b"\x00" * 9 * 8), extra=chunk(b"eXIf", bomb)))

    assert (clean.taken_at, clean.position) == (None, None)


def test_a_huge_exif_leaves_the_picture_alone() -> None:
    jpeg = encoded(scene())
    for _ in range(100):
        jpeg = with_segment(jpeg, 0xE1, b"Exif\x00\x00II*\x00" + b"\x08" * 65_000)

    assert cleaned(jpeg).width == 64


def test_comments_profiles_and_thumbnails_go() -> None:
    jpeg = encoded(scene(), comment=SECRET, icc_profile=SECRET * 10)
    for marker in (0xE1, 0xE2, 0xED, 0xEF, 0xFE):
        jpeg = with_segment(jpeg, marker, SECRET)

    assert b"stolen" not in cleaned(jpeg).content


@pytest.mark.parametrize(
    ("read", "source"),
    [
        (read_jpeg, with_segment(encoded(scene()), 0xE1, SECRET)),
        (read_png, png(8, 8, extra=chunk(b"tEXt", SECRET))),
        (read_webp, encoded(scene(), "WEBP", exif=SECRET)),
    ],
)
def test_the_decoder_never_sees_metadata(read: Callable[[bytes], Container], source: bytes) -> None:
    assert SECRET in source
    assert SECRET not in read(source).picture


def test_texts_in_a_png_go() -> None:
    info = PngInfo()
    info.add_text("Comment", SECRET.decode(), zip=True)
    info.add_itxt("XML:com.adobe.xmp", SECRET.decode())

    assert b"stolen" not in cleaned(encoded(scene(), "PNG", pnginfo=info)).content


@pytest.mark.parametrize("tail", [SECRET * 100, b"PK\x03\x04" + SECRET, b"%PDF-1.7" + SECRET])
def test_a_polyglot_is_only_a_picture_afterwards(tail: bytes) -> None:
    clean = cleaned(with_segment(encoded(scene()), 0xFE, tail[:60_000]) + tail)

    assert b"stolen" not in clean.content
    assert b"PK\x03\x04" not in clean.content
    assert reopened(clean).size == (64, 48)


def test_a_phone_picture_with_a_second_one_inside_is_its_first() -> None:
    source = encoded(scene(), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 48), "green")])

    image = reopened(cleaned(source)).convert("L")

    assert image.getpixel((10, 24)) < 60


# --- what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<!DOCTYPE html><html><body>x</body></html>",           "HTML"),
        (b"\xef\xbb\xbf  <html>",                                 "HTML"),
        (b"<script>alert(1)</script>",                            "HTML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>",            "SVG"),
        (b"<?xml version='1.0'?>\n<!-- x -->\n<svg></svg>",       "SVG"),
        (b"%PDF-1.7\n",                                           "PDF"),
        (b"GIF89a" + b"\x00" * 20,                                "GIF"),
        (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 20,              "HEIC"),
        (b"\x00\x00\x00\x18ftypmif1" + b"\x00" * 20,              "HEIC"),
        (b"\x00\x00\x00\x18ftypavif" + b"\x00" * 20,              "AVIF"),
        (b"\x00\x00\x00\x18ftypisom" + b"\x00" * 20,              "MP4"),
        (b"PK\x03\x04" + b"\x00" * 20,                            "ZIP"),
        (b"II*\x00" + b"\x00" * 20,                               "TIFF"),
        (b"BM\x00\x00\x00\x00\x00\x00\x00\x00" + b"\x00" * 20,    "BMP"),
    ],
)  # fmt: skip
def test_another_kind_of_file_is_refused_by_name(content: bytes, kind: str) -> None:
    message = refusal(content)

    assert message == f"Only JPEG, PNG and WebP photos are possible; this file is {kind}."


def test_an_unknown_file_is_refused() -> None:
    assert refusal(b"just words") == (
        "Only JPEG, PNG and WebP photos are possible; this file is none of them."
    )


def test_an_empty_file_is_refused() -> None:
    assert refusal(b"") == "The file is empty."


def test_too_many_bytes_are_refused_unread() -> None:
    class Endless(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise AssertionError("read before the size was known")

    with pytest.raises(ImageRefused) as refused:
        sanitize(Endless(b"\xff\xd8\xff" + b"\x00" * 16 * 1024 * 1024))

    assert str(refused.value) == "A photo may have 15.0 MB; this file has 16.0 MB."


def test_two_hundred_megapixels_in_a_few_kilobytes_are_refused() -> None:
    message = refusal(png(20_000, 10_000))

    assert message == "A side may have 12000 pixels; this picture has 20000 × 10000."


def test_eighty_one_megapixels_are_refused() -> None:
    bomb = blank_png(9_000, 9_000)
    assert len(bomb) < 100_000

    assert refusal(bomb) == "A photo may have 60 megapixels; this one has 81 (9000 × 9000)."


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_limits_hold_for_every_format(format: str) -> None:
    source = encoded(scene(400, 300), format)

    assert "400 × 300" in refusal(source, max_side=399)
    assert "400 × 300" in refusal(source, max_pixels=119_999)
    assert cleaned(source, max_side=400, max_pixels=120_000).width == 400


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(format: str) -> None:
    frames = [scene(), scene().rotate(90)]

    message = refusal(encoded(frames[0], format, save_all=True, append_images=frames[1:], duration=100))

    assert message == "Only still pictures are possible; this one moves."


DAMAGED = "The picture is damaged or incomplete. Please send it again."


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_truncated_photo_is_refused(format: str, share: float) -> None:
    source = encoded(Image.effect_noise((300, 200), 80).convert("RGB"), format)

    assert refusal(source[: max(12, int(len(source) * share))]) == DAMAGED


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xe0\x00\x00",
        b"\x89PNG\r\n\x1a\n",
        png(0, 10),
        png(10, 10, data=b"no zlib"),
        png(10, 10, extra=chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0))),
        b"RIFF\x04\x00\x00\x00WEBP",
        b"RIFF\x0c\x00\x00\x00WEBPVP8 \x00\x00\x00\x00",
        b"RIFF\xff\xff\xff\xffWEBPVP8 \x00\x00\x00\x00",
    ],
)
def test_a_damaged_photo_is_refused(content: bytes) -> None:
    assert refusal(content) == DAMAGED


def test_a_second_frame_header_is_refused() -> None:
    jpeg = encoded(scene())

    assert refusal(with_segment(jpeg, 0xC0, b"\x08\x75\x30\x75\x30\x01\x01\x11\x00")) == DAMAGED


def test_a_jpeg_of_a_thousand_scans_is_refused() -> None:
    jpeg = encoded(scene(), progressive=True)
    scan = jpeg.index(b"\xff\xda")
    once = jpeg[scan : jpeg.index(b"\xff", scan + 2)]

    assert refusal(jpeg[:-2] + once * 1000 + b"\xff\xd9") == DAMAGED


def test_a_zip_bomb_inside_a_picture_is_not_unpacked() -> None:
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(b"\x00" * 1_000_000) for _ in range(500)) + packer.flush()

    used = memory_of(f"cleaned_size({png(8, 8, data=data)!r})")

    assert used < 400


def test_the_largest_allowed_photo_stays_within_memory() -> None:
    used = memory_of("cleaned_size(blank_png(11_900, 5_000, channels=4))")

    assert used < 700


def memory_of(expression: str) -> float:
    """The most memory, in MB, that a fresh process needs for an expression of this module."""
    program = (
        f"from tests.kit.test_images import *\ntry: {expression}\nexcept ImageRefused: pass\nprint(peak())"
    )
    result = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True, check=True)
    return float(result.stdout)


def peak() -> float:
    """The most memory this process ever had, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux lets a child inherit the ru_maxrss of its parent
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024


def cleaned_size(content: bytes) -> int:
    return cleaned(content).width


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damage_is_refused_or_repaired_but_never_an_error(data: st.DataObject) -> None:
    source = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for place in data.draw(st.lists(st.integers(0, len(source) - 1), min_size=1, max_size=8)):
        source[place] = data.draw(st.integers(0, 255))

    try:
        clean = cleaned(bytes(source), max_pixels=1_000_000)
    except ImageRefused:
        return

    assert reopened(clean).size == (clean.width, clean.height)


SAMPLES = [
    encoded(scene(), "JPEG", exif=exif_of(taken="2026:09:24 09:30:00", gps=ZHENGZHOU)),
    encoded(scene(), "JPEG", progressive=True),
    encoded(scene(), "PNG"),
    encoded(scene(mode="P"), "PNG"),
    encoded(scene(), "WEBP"),
    encoded(scene(mode="RGBA"), "WEBP", lossless=True),
]


@pytest.mark.parametrize(
    ("content", "kind"), [(b"\xff\xd8\xff\xe0", "JPEG"), (b"", ""), (b"\x00", ""), (b"RIFF1234WAVE", "")]
)
def test_a_kind_is_told_by_the_first_bytes(content: bytes, kind: str) -> None:
    assert sniff(content) == kind


# --- likeness -----------------------------------------------------------------------------


def test_the_same_scene_has_nearly_the_same_hash() -> None:
    first = cleaned(encoded(scene(800, 600), quality=95)).phash
    again = cleaned(encoded(scene(800, 600).resize((500, 375)), "WEBP", quality=40)).phash

    assert distance(first, again) <= 4


def test_another_scene_has_another_hash() -> None:
    first = cleaned(encoded(scene(800, 600))).phash
    other = cleaned(encoded(ImageOps.mirror(scene(800, 600)))).phash

    assert distance(first, other) > 10


@pytest.mark.parametrize("turn", [lambda p: p, ImageOps.mirror, ImageOps.invert])
def test_a_hash_fits_a_database_integer(turn: Callable[[Image.Image], Image.Image]) -> None:
    assert -(2**63) <= cleaned(encoded(turn(scene()))).phash < 2**63


def test_distance_counts_across_the_sign() -> None:
    assert distance(-1, 0) == 64
    assert distance(-(2**63), 0) == 1
