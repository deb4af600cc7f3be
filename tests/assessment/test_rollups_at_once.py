"""Two that count a month at the same time end in one rollup."""

import threading

import pytest
from django.db import connection

from assessment import actions
from assessment.models import Rollup, RollupRow
from tests.assessment.test_rollups import AFTER, is_read
from tests.assessment.test_tally import SEPTEMBER, day, solved

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calendar")]


def test_two_at_once_end_in_one(town):
    solved(town, day(2), day(8))
    start, failed = threading.Barrier(2), []

    def count() -> None:
        try:
            start.wait(10)
            actions.roll_up(town.grid.district, SEPTEMBER, by=None, at=AFTER)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=count) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failed == []
    assert Rollup.objects.count() == 1
    assert RollupRow.objects.filter(side=0b1111).count() == 4  # district, street, community, building
    assert is_read(town)
