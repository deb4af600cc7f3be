"""How the demo is written: as one step, which is there whole or not at all."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def one_step() -> Iterator[None]:
    """Inside the one transaction every action would set a savepoint of its own; nothing goes back to one here.

    A refusal is therefore the end of the whole seeding, as it should be: it would be a mistake of the demo.
    """
    features = connection.features
    before, features.uses_savepoints = features.uses_savepoints, False
    gc.disable()
    try:
        yield
    finally:
        features.uses_savepoints = before
        gc.enable()
