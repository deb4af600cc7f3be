"""Many files through the wall at once: one process loads the reader and splits for each of them.

Each sheet has a process to itself with every limit there is, as when somebody brings it; what is saved is the
start of the interpreter, some hundreds of times. Pictures are looked at one after the other, as the web does.
"""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gridgov.kit.sheets import reading
from gridgov.kit.sheets.limits import Reason
from gridgov.kit.sheets.reading import Book, SheetRefused

from . import Make

SPLITTING = """
import os, sys
cellar, at_most, *paths = sys.argv[1:]
sys.path.append(cellar)
from sheets import child
for path in paths:
    pid = os.fork()
    if not pid:
        sys.argv[2] = at_most
        sys.stdin, sys.stdout = open(path), open(path + ".rows", "w")
        child.main()
        sys.stdout.close()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""


def written(folder: Path, files: Mapping[str, Make]) -> dict[str, Path]:
    """The files on the disk, by their names in the corpus."""
    paths = {name: folder / str(number) for number, name in enumerate(files)}
    for name, path in paths.items():
        path.write_bytes(files[name]())
    return paths


def ended(paths: Iterable[Path], at_most: int = 0) -> list[int]:
    """Have each file read into a file beside it; returns how each of the processes ended."""
    command = [sys.executable, "-I", "-X", "utf8", "-c", SPLITTING, str(reading.CELLAR), str(at_most)]
    done = subprocess.run(
        [*command, *map(str, paths)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={},
        check=True,
    )
    return [int(line) for line in done.stdout.split()]


def answers(folder: Path, files: Mapping[str, Make], at_most: int = 0) -> Iterator[tuple[str, Reason | Book]]:
    """Each file by its name, and what the door makes of it."""
    paths = written(folder, files)
    for (name, path), code in zip(paths.items(), ended(paths.values(), at_most), strict=True):
        with path.open("rb") as file, Path(f"{path}.rows").open("rb") as lines:
            try:
                content = reading.content_of(file)
                yield name, Book(reading.told(lines, code), hashlib.sha256(content).hexdigest(), lines)
            except SheetRefused as refused:
                yield name, refused.reason


# --- pictures --------------------------------------------------------------------------------

LOOKING = """
import io, json, resource, sys, warnings
from pathlib import Path
from django.conf import settings
settings.configure(USE_I18N=False)
from gridgov.kit.images import Image, ImageRefused, sanitize
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
for path in map(Path, sys.argv[1:]):
    try:
        with path.open("rb") as file:
            clean = sanitize(file)
        with Image.open(io.BytesIO(clean.content)) as picture:
            grey = picture.convert("L")
        left, right = (grey.getpixel((grey.width * n // 4, grey.height // 2)) for n in (1, 3))
        print(json.dumps([[clean.width, clean.height], left < 90 < 160 < right, b"stolen" in clean.content]), flush=True)
    except ImageRefused as refused:
        print(json.dumps(str(refused)), flush=True)
"""

Seen = tuple[tuple[int, int], bool, bool]
"""Size of a picture, whether the scene is on it, and whether a script is left in it."""


def looks(folder: Path, files: Mapping[str, Make]) -> dict[str, str | Seen]:
    """What becomes of each picture, by its name; where the process died, there is none from there on."""
    paths = written(folder, files)
    command = [sys.executable, "-c", LOOKING, *map(str, paths.values())]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    said = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        name: it if isinstance(it, str) else (tuple(it[0]), *it[1:])
        for name, it in zip(paths, said, strict=False)
    }
