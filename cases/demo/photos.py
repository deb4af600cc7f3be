"""Pictures for the demo's evidence: simple scenes drawn when they are needed, never photos of a real place."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

from gridgov.kit.images import CleanImage, sanitize

WIDTH, HEIGHT = 480, 360
VARIANTS = 2

# scene: colour of the ground, colour of what is wrong
SCENES = {
    "well":    ((128, 132, 138), (40, 42, 48)),
    "rubble":  ((168, 160, 148), (150, 92, 60)),
    "rubbish": ((150, 158, 140), (70, 96, 140)),
    "lamp":    ((52, 60, 84),    (250, 214, 110)),
    "water":   ((140, 138, 130), (84, 140, 190)),
    "road":    ((120, 122, 126), (70, 66, 60)),
    "stall":   ((176, 170, 160), (206, 84, 60)),
    "shop":    ((180, 176, 170), (60, 120, 100)),
    "wall":    ((160, 166, 150), (172, 104, 84)),
    "tree":    ((150, 150, 140), (70, 130, 70)),
    "car":     ((132, 134, 140), (90, 110, 160)),
    "poster":  ((206, 202, 192), (214, 160, 60)),
    "wire":    ((188, 184, 176), (30, 30, 34)),
    "fire":    ((176, 172, 168), (196, 50, 40)),
    "people":  ((196, 190, 178), (90, 100, 140)),
}  # fmt: skip

Colour = tuple[int, int, int]


class Album:
    """Each scene before and after, in a few variants; a picture is drawn when it is first asked for."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, bool, int], CleanImage] = {}

    def photo(self, scene: str, *, solved: bool, variant: int) -> CleanImage:
        name = scene, solved, variant % VARIANTS
        if name not in self.kept:
            self.kept[name] = sanitize(BytesIO(draw(*name)))
        return self.kept[name]


def draw(scene: str, solved: bool, variant: int) -> bytes:
    """A small JPEG: sky, a house, the ground, and on it what is wrong or that it is gone."""
    ground, wrong = SCENES[scene]
    rng = Random(f"{scene} {variant}")  # before and after show the same house
    picture = Image.new("RGB", (WIDTH, HEIGHT), (196, 214, 228))
    pen = ImageDraw.Draw(picture)
    _house(pen, rng)
    pen.rectangle((0, 230, WIDTH, HEIGHT), fill=ground)
    if solved:
        _clean(pen, ground)
    else:
        _problem(pen, rng, wrong)
    file = BytesIO()
    picture.save(file, "JPEG", quality=75)
    return file.getvalue()


def _house(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    left, top = rng.randrange(20, 120), rng.randrange(30, 80)
    wall = rng.choice(((206, 190, 168), (190, 170, 160), (214, 208, 196)))
    pen.rectangle((left, top, left + 320, 232), fill=wall)
    for x in range(left + 20, left + 300, 50):
        for y in range(top + 16, 190, 48):
            pen.rectangle((x, y, x + 26, y + 28), fill=(110, 130, 150), outline=(236, 232, 224))


def _problem(pen: ImageDraw.ImageDraw, rng: Random, colour: Colour) -> None:
    shapes = (pen.ellipse, pen.rectangle, pen.rounded_rectangle)
    shape = shapes[rng.randrange(len(shapes))]
    for _ in range(rng.randrange(5, 9)):
        x, y, size = rng.randrange(60, 380), rng.randrange(240, 310), rng.randrange(14, 46)
        shade = tuple(max(0, min(255, part + rng.randrange(-25, 26))) for part in colour)
        shape((x, y, x + size, y + int(size * 0.7)), fill=shade, outline=(30, 30, 30))


def _clean(pen: ImageDraw.ImageDraw, ground: Colour) -> None:
    light = tuple(min(255, part + 18) for part in ground)
    pen.polygon(((120, 352), (200, 240), (300, 240), (380, 352)), fill=light)
    pen.line(((210, 300), (238, 326), (296, 262)), fill=(46, 140, 70), width=12, joint="curve")
