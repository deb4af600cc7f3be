"""Pictures that are none, that are more than they seem, and that are odd and yet a photo."""

import io
import struct
import zlib
from functools import cache

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from tests.kit.ledgers import packed

DAMAGED, MOVES = "damaged or incomplete", "this one moves"
SIDE, PIXELS, BYTES = "A side may have", "megapixels", "A photo may have 15.0 MB"
NONE = "this file is none of them"
SIZE = (64, 48)


def kind(name: str) -> str:
    return f"this file is {name}."


# --- pictures ---------------------------------------------------------------------------------


@cache
def scene(width: int = 64, height: int = 48, mode: str = "RGB") -> Image.Image:
    """A picture whose left half is dark and whose right half is light."""
    picture = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(picture).rectangle((0, 0, width // 2 - 1, height), fill=(20, 20, 60))
    return picture.convert(mode)


def glassy() -> Image.Image:
    """The scene on glass."""
    picture = scene(mode="RGBA").copy()
    picture.putalpha(200)
    return picture


def encoded(format: str = "JPEG", picture: Image.Image | None = None, **options: object) -> bytes:
    buffer = io.BytesIO()
    (picture or scene()).save(buffer, format, **options)
    return buffer.getvalue()


JPEG, WEBP, SECRET = encoded(), encoded("WEBP"), b"<script>alert('stolen')</script>"
NOISE = encoded(picture=Image.effect_noise((300, 200), 80).convert("RGB"))


def turned(orientation: int) -> bytes:
    """The scene as a camera keeps it that was held otherwise."""
    undo = {
        2: "FLIP_LEFT_RIGHT",
        3: "ROTATE_180",
        4: "FLIP_TOP_BOTTOM",
        5: "TRANSPOSE",
        6: "ROTATE_90",
        7: "TRANSVERSE",
        8: "ROTATE_270",
    }
    way = undo.get(orientation)
    picture = scene().transpose(Image.Transpose[way]) if way else scene()
    return encoded(picture=picture, exif=tiff((0x0112, 3, 1, orientation)))


# --- JPEG --------------------------------------------------------------------------------------


def segment(marker: int, body: bytes, length: int | None = None) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2 if length is None else length) + body


def with_segment(marker: int, body: bytes, length: int | None = None) -> bytes:
    return JPEG[:2] + segment(marker, body, length) + JPEG[2:]


def frame(width: int, height: int, *, bits: int = 8, parts: int = 3) -> bytes:
    """The JPEG whose frame says these numbers."""
    place = JPEG.index(b"\xff\xc0") + 4
    return JPEG[:place] + struct.pack(">BHHB", bits, height, width, parts) + JPEG[place + 6 :]


def without(marker: bytes) -> bytes:
    """The JPEG without the first segment of this kind."""
    place = JPEG.index(marker)
    return JPEG[:place] + JPEG[place + 2 + struct.unpack_from(">H", JPEG, place + 2)[0] :]


def many_scans(count: int) -> bytes:
    jpeg = encoded(progressive=True)
    scan = jpeg.index(b"\xff\xda")
    return jpeg[:-2] + jpeg[scan : jpeg.index(b"\xff", scan + 2)] * count + b"\xff\xd9"


# --- EXIF --------------------------------------------------------------------------------------


def tiff(
    *entries: tuple[int, int, int, int], first: int = 8, count: int | None = None, tail: bytes = b""
) -> bytes:
    """A block of EXIF with these entries (tag, kind, length, value), and numbers that need not be so."""
    body = b"".join(struct.pack("<HHII", *it) for it in entries)
    said = struct.pack("<H", len(entries) if count is None else count)
    return b"Exif\x00\x00II*\x00" + struct.pack("<I", first) + said + body + struct.pack("<I", 0) + tail


def with_exif(block: bytes) -> bytes:
    return with_segment(0xE1, block)


ODD_EXIF = {
    "of nothing":                 tiff(),
    "that starts nowhere":        tiff(first=0x7FFFFFFF),
    "that starts in itself":      tiff(first=0),
    "of 65,535 entries":          tiff((0x0112, 3, 1, 1), count=65_535),
    "of an absurd length":        tiff((0x0112, 3, 0xFFFFFFFF, 0)),
    "whose value lies nowhere":   tiff((0x8769, 2, 4000, 0x7FFFFFFF)),
    "in a circle":                tiff((0x8769, 4, 1, 8), (0x8825, 4, 1, 8)),
    "of a kind nobody knows":     tiff((0x0112, 77, 1, 1)),
    "of noughts below the line":  tiff((0x8825, 4, 1, 26), tail=struct.pack("<HHHIIHHII", 2, 1, 2, 2, 78, 2, 5, 3, 60) + bytes(64)),
    "that is cut off":            tiff((0x0112, 3, 1, 1))[:20],
    "of no order":                b"Exif\x00\x00XX*\x00" + bytes(20),
    "twice":                      tiff((0x0112, 3, 1, 1)) + tiff((0x0112, 3, 1, 6)),
    "of script":                  tiff((0x010E, 2, len(SECRET), 26), tail=SECRET),
}  # fmt: skip


def taken(moment: str, offset: str = "") -> bytes:
    """A photo whose camera wrote this moment."""
    exif = Image.Exif()
    inner = exif.get_ifd(0x8769)
    inner[0x9003] = moment
    if offset:
        inner[0x9011] = offset
    return encoded(exif=exif.tobytes())


# --- PNG ---------------------------------------------------------------------------------------

START = b"\x89PNG\r\n\x1a\n"


def chunk(name: bytes, body: bytes, *, length: int | None = None, crc: int | None = None) -> bytes:
    said = zlib.crc32(name + body) if crc is None else crc
    return struct.pack(">I", len(body) if length is None else length) + name + body + struct.pack(">I", said)


def header(
    width: int = 64, height: int = 48, *, bits: int = 8, colour: int = 0, woven: int = 0, **lies: int
) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, woven), **lies)


def pixels(width: int = 64, height: int = 48, row: bytes | None = None) -> bytes:
    """Rows of grey, the left half dark."""
    line = b"\x00" + (b"\x14" * (width // 2) + b"\xff" * (width - width // 2) if row is None else row)
    return zlib.compress(line * height)


def png(
    *chunks: bytes, head: bytes | None = None, data: bytes | None = None, end: bytes | None = None
) -> bytes:
    """A PNG of the scene in grey with further chunks before its pixels."""
    body = chunk(b"IDAT", pixels() if data is None else data)
    return (
        START
        + (header() if head is None else head)
        + b"".join(chunks)
        + body
        + (chunk(b"IEND", b"") if end is None else end)
    )


def blank(width: int, height: int, colour: int = 0, channels: int = 1) -> bytes:
    packer = zlib.compressobj(9)
    row = b"\x00" * (1 + width * channels)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return png(head=header(width, height, colour=colour), data=data)


def packed_zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


def palette(*, colours: int = 2, clear: bytes = b"", row: bytes | None = None) -> bytes:
    """A PNG by numbers of colours; `clear` says how transparent each is."""
    listed = (b"\x14\x14\x3c\xff\xff\xff" + bytes(762))[: colours * 3]
    own = b"\x00" * 32 + b"\x01" * 32 if row is None else row
    chunks = [chunk(b"PLTE", listed)] + ([chunk(b"tRNS", clear)] if clear else [])
    return png(*chunks, head=header(colour=3), data=pixels(row=own))


# --- WebP --------------------------------------------------------------------------------------


def webp(*chunks: tuple[bytes, bytes], length: int | None = None) -> bytes:
    body = b"".join(struct.pack("<4sI", name, len(it)) + it + b"\x00" * (len(it) % 2) for name, it in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4 if length is None else length) + b"WEBP" + body


def lossless_size(width: int, height: int) -> bytes:
    return webp((b"VP8L", struct.pack("<BI", 0x2F, (width - 1) | (height - 1) << 14) + bytes(20)))


def canvas(width: int, height: int) -> tuple[bytes, bytes]:
    return b"VP8X", b"\x02\x00\x00\x00" + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]


def moving(format: str) -> bytes:
    return encoded(format, save_all=True, append_images=[scene().rotate(90)], duration=100)


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"

REFUSED = {
    # what it is                   what is said   the file
    "sixteen megabytes":          (BYTES,         lambda: JPEG + bytes(16 << 20)),
    "words":                      (NONE,          lambda: b"just words"),
    "zeros":                      (NONE,          lambda: bytes(999)),
    "PHP":                        (kind("HTML"),  lambda: b"<?php system($_GET['c']); ?>"),
    "a web page":                 (kind("HTML"),  lambda: b"<!doctype html><script>alert(1)</script>"),
    "a script":                   (kind("HTML"),  lambda: SECRET),
    "a web page behind blanks":   (kind("HTML"),  lambda: b"\xef\xbb\xbf \n\t<html>"),
    "a thousand comments":        (kind("HTML"),  lambda: b"<!---->" * 1000),
    "comments without an end":    (kind("HTML"),  lambda: b"<!--" * 1000),
    "an SVG":                     (kind("SVG"),   lambda: SVG),
    "an SVG behind a prolog":     (kind("SVG"),   lambda: b'<?xml version="1.0"?>\n<!-- x -->\n' + SVG),
    "an SVG behind a hundred comments": (kind("SVG"), lambda: b"<!---->" * 100 + SVG),
    "an SVG with entities":       (kind("SVG"),   lambda: b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x">' + SVG),
    "a PDF":                      (kind("PDF"),   lambda: b"%PDF-1.7\n" + JPEG),
    "an archive":                 (kind("ZIP"),   lambda: packed({"现场.txt": "a"})),
    "an archive with a photo":    (kind("ZIP"),   lambda: packed({"a.jpg": JPEG})),
    "a GIF":                      (kind("GIF"),   lambda: encoded("GIF", scene(mode="P"))),
    "a GIF of 65,535 on a side":  (kind("GIF"),   lambda: b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(99)),
    "a GIF of many frames":       (kind("GIF"),   lambda: b"GIF89a" + bytes(7) + (b"\x2c" + bytes(9) + b"\x02\x01\x00\x00") * 10_000),
    "a GIF that is a script":     (kind("GIF"),   lambda: b"GIF89a=1;/*" + SECRET),
    "a TIFF":                     (kind("TIFF"),  lambda: encoded("TIFF")),
    "a TIFF, the other end first": (kind("TIFF"), lambda: b"MM\x00*" + bytes(99)),
    "a TIFF of 2^32 on a side":   (kind("TIFF"),  lambda: tiff((0x0100, 4, 1, 0xFFFFFFFF), (0x0101, 4, 1, 0xFFFFFFFF))[6:]),
    "a BMP":                      (kind("BMP"),   lambda: encoded("BMP")),
    "a HEIC":                     (kind("HEIC"),  lambda: b"\x00\x00\x00\x18ftypheic" + bytes(99)),
    "an AVIF":                    (kind("AVIF"),  lambda: b"\x00\x00\x00\x18ftypavif" + bytes(99)),
    "a film":                     (kind("MP4"),   lambda: b"\x00\x00\x00\x18ftypisom" + bytes(99)),
    "an icon":                    (NONE,          lambda: encoded("ICO")),
    "a PPM":                      (NONE,          lambda: encoded("PPM")),
    "a PostScript":               (NONE,          lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(x) run\n"),
    "a JPEG 2000":                (NONE,          lambda: b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(99)),
    "a Photoshop":                (NONE,          lambda: b"8BPS\x00\x01" + bytes(99)),
    "an order of ImageMagick":    (NONE,          lambda: b"push graphic-context\nfill 'url(https://127.0.0.1/\"|ls)'\n"),
    # JPEG
    **{f"a JPEG cut after {n} %": (DAMAGED,       lambda n=n: NOISE[: len(NOISE) * n // 100]) for n in (1, 2, 5, 10, 20, 35, 50, 65, 80, 95)},
    "a JPEG of three bytes":      (DAMAGED,       lambda: b"\xff\xd8\xff"),
    "a JPEG of its ends":         (DAMAGED,       lambda: b"\xff\xd8\xff\xd9"),
    "a JPEG without a frame":     (DAMAGED,       lambda: without(b"\xff\xc0")),
    "a JPEG without a scan":      (DAMAGED,       lambda: JPEG[: JPEG.index(b"\xff\xda")] + b"\xff\xd9"),
    "a JPEG of two frames":       (DAMAGED,       lambda: with_segment(0xC0, b"\x08\x75\x30\x75\x30\x01\x01\x11\x00")),
    "a JPEG of two sizes":        (DAMAGED,       lambda: with_segment(0xC2, b"\x08\x75\x30\x75\x30\x01\x01\x11\x00")),
    "a JPEG of no width":         (DAMAGED,       lambda: frame(0, 48)),
    "a JPEG of no height":        (DAMAGED,       lambda: frame(64, 0)),
    "a JPEG of 12 bits":          (DAMAGED,       lambda: frame(64, 48, bits=12)),
    "a JPEG of no colours":       (DAMAGED,       lambda: frame(64, 48, parts=0)),
    "a JPEG of 255 colours":      (DAMAGED,       lambda: frame(64, 48, parts=255)),
    "a JPEG of 65,535 on a side": (SIDE,          lambda: frame(65_535, 65_535)),
    "a JPEG of 100 megapixels":   (PIXELS,        lambda: frame(10_000, 10_000)),
    "a JPEG of a thousand scans": (DAMAGED,       lambda: many_scans(1000)),
    "a JPEG with a segment of no length": (DAMAGED, lambda: with_segment(0xE1, b"", 0)),
    "a JPEG with a segment of one byte": (DAMAGED, lambda: with_segment(0xE1, b"", 1)),
    "a JPEG with a segment beyond its end": (DAMAGED, lambda: with_segment(0xE1, b"x", 65_535)),
    "a JPEG with a frame of two bytes": (DAMAGED, lambda: with_segment(0xC0, b"")),
    "a JPEG of filling":          (DAMAGED,       lambda: b"\xff\xd8" + b"\xff" * 1_000_000),
    "a JPEG of empty segments":   (DAMAGED,       lambda: b"\xff\xd8" + b"\xff\xe1\x00\x02" * 500_000),
    "a JPEG coded without loss":  (DAMAGED,       lambda: JPEG.replace(b"\xff\xc0", b"\xff\xc3", 1)),
    "a JPEG of layers":           (DAMAGED,       lambda: JPEG.replace(b"\xff\xc0", b"\xff\xc5", 1)),
    "a JPEG of noise":            (DAMAGED,       lambda: b"\xff\xd8\xff\xe0" + NOISE[999:5999]),
    # PNG
    **{f"a PNG cut after {n} %":  (DAMAGED,       lambda n=n: png()[: max(8, len(png()) * n // 100)]) for n in (1, 20, 40, 60, 80, 95)},
    "a PNG without a header":     (DAMAGED,       lambda: png(head=b"")),
    "a PNG without pixels":       (DAMAGED,       lambda: START + header() + chunk(b"IEND", b"")),
    "a PNG of pixels that are none": (DAMAGED,    lambda: png(data=b"no zlib")),
    "a PNG without an end":       (DAMAGED,       lambda: png(end=b"")),
    "a PNG of no width":          (DAMAGED,       lambda: png(head=header(0, 48))),
    "a PNG of no height":         (DAMAGED,       lambda: png(head=header(64, 0))),
    "a PNG of 2^31 on a side":    (SIDE,          lambda: png(head=header(0x7FFFFFFF, 0x7FFFFFFF))),
    "a PNG of 1 × 100,000":       (SIDE,          lambda: png(head=header(1, 100_000))),
    "a PNG of 100,000 × 1":       (SIDE,          lambda: png(head=header(100_000, 1))),
    "a PNG of 200 megapixels":    (SIDE,          lambda: png(head=header(20_000, 10_000))),
    "a PNG of 81 megapixels in 80 kB": (PIXELS,   lambda: blank(9_000, 9_000)),
    "a PNG of 60.1 megapixels":   (PIXELS,        lambda: png(head=header(12_000, 5_009))),
    "a PNG of two headers":       (DAMAGED,       lambda: png(header(30_000, 30_000))),
    "a PNG with a wrong sum of its header": (DAMAGED, lambda: png(head=header(crc=1))),
    "a PNG with a chunk beyond its end": (DAMAGED, lambda: png(chunk(b"tEXt", b"x", length=0x7FFFFFFF))),
    "a PNG with a chunk of minus one": (DAMAGED,  lambda: png(chunk(b"tEXt", b"x", length=0xFFFFFFFF))),
    "a PNG with a header of four bytes": (DAMAGED, lambda: png(head=chunk(b"IHDR", bytes(4)))),
    "a PNG of 3 bits":            (DAMAGED,       lambda: png(head=header(bits=3))),
    "a PNG of a colour nobody knows": (DAMAGED,   lambda: png(head=header(colour=5))),
    "a PNG that moves":           (MOVES,         lambda: moving("PNG")),
    "a PNG that says it moves":   (MOVES,         lambda: png(chunk(b"acTL", struct.pack(">II", 0xFFFFFFFF, 0)))),
    "a PNG of a moving frame":    (MOVES,         lambda: png(chunk(b"fcTL", b""))),
    # WebP
    **{f"a WebP cut after {n} %": (DAMAGED,       lambda n=n: WEBP[: max(12, len(WEBP) * n // 100)]) for n in (1, 25, 50, 75, 95)},
    "a WebP of nothing":          (DAMAGED,       webp),
    "a WebP of no length":        (DAMAGED,       lambda: webp(length=0)),
    "a WebP of 4 GB":             (DAMAGED,       lambda: webp(length=0xFFFFFFFF)),
    "a WebP of an empty picture": (DAMAGED,       lambda: webp((b"VP8 ", b""))),
    "a WebP of no key frame":     (DAMAGED,       lambda: webp((b"VP8 ", bytes(99)))),
    "a WebP of no size":          (DAMAGED,       lambda: webp((b"VP8 ", b"\x00\x00\x00\x9d\x01\x2a" + bytes(20)))),
    "a WebP of noise":            (DAMAGED,       lambda: webp((b"VP8L", b"\x2f" + NOISE[999:1999]))),
    "a WebP of 16,384 on a side": (SIDE,          lambda: lossless_size(16_384, 16_384)),
    "a WebP of 100 megapixels":   (PIXELS,        lambda: lossless_size(10_000, 10_000)),
    "a WebP of 50 megapixels that are not there": (DAMAGED, lambda: lossless_size(10_000, 5_000)),
    "a WebP that moves":          (MOVES,         lambda: moving("WEBP")),
    "a WebP that says it moves":  (MOVES,         lambda: webp(canvas(64, 48), (b"ANIM", bytes(6)), (b"ANMF", bytes(16)))),
    "a WebP of a thousand frames": (MOVES,        lambda: webp(canvas(64, 48), *[(b"ANMF", bytes(16))] * 1000)),
    "a WebP of 2^24 on a side that moves": (SIDE, lambda: webp(canvas(1 << 24, 1 << 24), (b"ANMF", bytes(16)))),
    "a WebP that moves without a canvas": (DAMAGED, lambda: webp((b"ANMF", bytes(16)))),
    "a WebP that is a sound":     (NONE,          lambda: b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(28)),
}  # fmt: skip

READ = {
    # what it is                   its size      the file
    "a JPEG":                     (SIZE,         lambda: JPEG),
    "a JPEG in passes":           (SIZE,         lambda: encoded(progressive=True)),
    "a JPEG of CMYK":             (SIZE,         lambda: encoded(picture=scene(mode="CMYK"))),
    "a JPEG of grey":             (SIZE,         lambda: encoded(picture=scene(mode="L"))),
    "a JPEG of fifty scans":      (SIZE,         lambda: many_scans(50)),
    "a JPEG without JFIF":        (SIZE,         lambda: without(b"\xff\xe0")),
    "a JPEG with words behind":   (SIZE,         lambda: JPEG + SECRET * 99),
    "a JPEG with an archive behind": (SIZE,      lambda: JPEG + packed({"a.php": SECRET})),
    "a JPEG with a PDF behind":   (SIZE,         lambda: JPEG + b"%PDF-1.7\n"),
    "a JPEG with PHP inside":     (SIZE,         lambda: with_segment(0xFE, b"<?php system($_GET['c']); ?>")),
    "a JPEG with a program inside": (SIZE,       lambda: with_segment(0xEF, b"\x7fELF" + SECRET * 999)),
    "a JPEG with filling":        (SIZE,         lambda: JPEG[:2] + b"\xff" * 999 + JPEG[2:]),
    "a JPEG with a profile of noise": (SIZE,     lambda: with_segment(0xE2, b"ICC_PROFILE\x00\x01\x01" + NOISE[:9999])),
    "a JPEG with a second picture": (SIZE,       lambda: encoded("MPO", save_all=True, append_images=[scene().rotate(180)])),
    "a JPEG with an empty comment": (SIZE,       lambda: with_segment(0xFE, b"")),
    "a JPEG of 12,000 × 1":       ((2560, 1),    lambda: encoded(picture=scene(12_000, 1))),
    "a JPEG of one pixel":        ((1, 1),       lambda: encoded(picture=Image.new("RGB", (1, 1), "white"))),
    **{f"a JPEG held in way {n}": (SIZE,         lambda n=n: turned(n)) for n in (0, 2, 3, 4, 5, 6, 7, 8, 9, 65535)},
    **{f"a JPEG with EXIF {name}": (SIZE,        lambda block=block: with_exif(block)) for name, block in ODD_EXIF.items()},
    "a JPEG with EXIF of six megabytes": (SIZE,  lambda: JPEG[:2] + segment(0xE1, tiff() + b"\x08" * 65_000) * 100 + JPEG[2:]),
    "a JPEG of the last moment":  (SIZE,         lambda: taken("9999:12:31 23:59:59")),
    "a JPEG beyond the last moment": (SIZE,      lambda: taken("9999:12:31 23:59:59", "-12:00")),
    "a JPEG of the year 0":       (SIZE,         lambda: taken("0000:00:00 00:00:00")),
    "a JPEG of no moment":        (SIZE,         lambda: taken("\x00\xff昨天", "+99:99")),
    "a JPEG without its codes":   (SIZE,         lambda: without(b"\xff\xc4")),
    "a JPEG of 60 megapixels that are not there":((2560, 1536), lambda: frame(10_000, 6_000)),
    "a JPEG coded by arithmetic": (SIZE,         lambda: JPEG.replace(b"\xff\xc0", b"\xff\xc9", 1)),
    "a PNG of too few pixels":    (SIZE,         lambda: png(data=pixels(height=20))),
    "a PNG packed otherwise":     (SIZE,         lambda: png(head=chunk(b"IHDR", struct.pack(">IIBBBBB", 64, 48, 8, 0, 7, 0, 0)))),
    "a PNG with half a palette":  (SIZE,         lambda: png(chunk(b"PLTE", b"\x14\x14"), head=header(colour=3))),
    "a PNG":                      (SIZE,         png),
    "a PNG of 16 bits":           (SIZE,         lambda: png(head=header(bits=16), data=pixels(row=b"\x14\x00" * 32 + b"\xff\xff" * 32))),
    "a PNG of one bit":           (SIZE,         lambda: png(head=header(bits=1), data=pixels(row=bytes(4) + b"\xff" * 4))),
    "a PNG of colours of 16 bits": (SIZE,        lambda: png(head=header(bits=16, colour=2), data=pixels(row=b"\x14\x00" * 96 + b"\xff\xff" * 96))),
    "a PNG woven":                (SIZE,         lambda: encoded("PNG", scene(mode="P"))),
    "a PNG with transparency":    (SIZE,         lambda: encoded("PNG", scene(mode="RGBA"))),
    "a PNG by numbers":           (SIZE,         palette),
    "a PNG by numbers without colours": (SIZE,   lambda: palette(colours=1, row=b"\x00" * 32 + b"\x01" * 32)),
    "a PNG by numbers, half clear": (SIZE,       lambda: palette(clear=b"\xff")),
    "a PNG by numbers, clear beyond its colours": (SIZE, lambda: palette(clear=b"\xff" * 256)),
    "a PNG of grey, clear in part": (SIZE,       lambda: png(chunk(b"tRNS", b"\x00\x77"))),
    "a PNG with a wrong sum of a text": (SIZE,   lambda: png(chunk(b"tEXt", b"a\x00b", crc=1))),
    "a PNG with a text of 100 megabytes": (SIZE, lambda: png(chunk(b"zTXt", b"a\x00\x00" + packed_zeros(100)))),
    "a PNG with a profile of 100 megabytes": (SIZE, lambda: png(chunk(b"iCCP", b"a\x00\x00" + packed_zeros(100)))),
    "a PNG with words of the world": (SIZE,      lambda: png(chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x01\x00\x00\x00" + packed_zeros(20)))),
    "a PNG with EXIF of nothing": (SIZE,         lambda: png(chunk(b"eXIf", b""))),
    "a PNG with 100,000 texts":   (SIZE,         lambda: png(*[chunk(b"tEXt", b"a\x00b")] * 100_000)),
    "a PNG in 10,000 pieces":     (SIZE,         lambda: png(*[chunk(b"IDAT", b"")] * 10_000)),
    "a PNG with a chunk nobody knows": (SIZE,    lambda: png(chunk(b"gRiD", SECRET))),
    "a PNG with a web page behind": (SIZE,       lambda: png() + SECRET),
    "a PNG with too many pixels": (SIZE,         lambda: png(data=pixels(height=4800))),
    "a PNG of 12,000 × 5,000":    ((2560, 1067), lambda: blank(12_000, 5_000)),
    "a PNG with a comment":       (SIZE,         lambda: encoded("PNG", pnginfo=comment())),
    "a WebP":                     (SIZE,         lambda: WEBP),
    "a WebP without loss":        (SIZE,         lambda: encoded("WEBP", lossless=True)),
    "a WebP with transparency":   (SIZE,         lambda: encoded("WEBP", glassy())),
    "a WebP with EXIF":           (SIZE,         lambda: encoded("WEBP", exif=tiff((0x0112, 3, 1, 1)))),
    "a WebP with words of the world": (SIZE,     lambda: encoded("WEBP", xmp=SECRET)),
    "a WebP with junk behind":    (SIZE,         lambda: WEBP + SECRET * 99),
    "a WebP with a chunk nobody knows": (SIZE,   lambda: webp((b"XXXX", b"x"), (b"VP8 ", WEBP[20:]))),
}  # fmt: skip


# Pictures of which too little is left to see the scene.
BLANK = {
    "a JPEG of one pixel",
    "a JPEG of 60 megapixels that are not there",
    "a JPEG coded by arithmetic",
    "a PNG of too few pixels",
    "a PNG with half a palette",
    "a PNG by numbers without colours",
    "a PNG of 12,000 × 5,000",
}


def comment() -> PngInfo:
    info = PngInfo()
    info.add_text("Comment", SECRET.decode(), zip=True)
    return info
