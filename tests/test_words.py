"""Every word on screen is there in Chinese."""

from pathlib import Path

from gridgov.kit.catalogues import check_parts

HOUSE = Path(__file__).resolve().parents[1]


def test_no_entry_is_missing_fuzzy_or_left_over():
    assert check_parts(HOUSE) == []
