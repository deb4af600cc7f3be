import pytest

from tests.photos import clean_photo


@pytest.fixture
def photo():
    """A photo as an action takes it."""
    return clean_photo()
