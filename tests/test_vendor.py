"""Vendored assets are what their makers published: nobody edits them, nothing is missing."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = [
    *sorted(p for p in (ROOT / "static/vendor").iterdir() if p.is_dir()),
    ROOT / "tests/browser/vendor",
]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_file_has_the_checksum_that_was_noted(package):
    noted = dict(
        reversed(line.split(maxsplit=1)) for line in (package / "CHECKSUMS").read_text().splitlines()
    )

    found = {
        f"./{path.relative_to(package)}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in package.rglob("*")
        if path.is_file() and path.name != "CHECKSUMS"
    }

    assert found == noted


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_package_comes_with_its_licence(package):
    licences = [path for path in package.iterdir() if "LICENSE" in path.name]

    assert len(licences) == 1


@pytest.mark.parametrize("path", sorted((ROOT / "static").rglob("*.[cj]s*")), ids=lambda path: path.name)
def test_every_source_map_a_file_names_is_shipped(path):
    named = re.findall(r"sourceMappingURL=([^\s*]+)", path.read_text()[-300:])

    assert [name for name in named if not (path.parent / name).exists()] == []
