"""One morning of a grid leader: buildings 1 to 10, three problems, three cases."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from cases.models import Case, Patrol

pytestmark = pytest.mark.usefixtures("calendar")

# what she wrote                                        building   unit      what it became
DIARY = (
    ("5号楼4单元门口的水表井低了一截，老人容易绊倒",      "5号楼",  "4单元",  "B0503"),
    ("3号楼2单元西墙下堆了一堆建筑垃圾，像是新装修的",    "3号楼",  "2单元",  "B0801"),
    ("3号楼4单元居民说垃圾道堵了好几天，气味大",          "3号楼",  "4单元",  "B0702"),
)  # fmt: skip
TALK = "和1号楼的王大娘聊了聊，身体都好，惦记着暖气"


def test_a_mornings_diary_gives_three_cases_with_building_and_unit(client, town, at):
    client.force_login(town.user.leader)

    with time_machine.travel(at, tick=False) as clock:
        start = {"key": uuid4(), "post": town.post.leader.pk, "weather": "晴", "route": "1至10号楼"}
        walk = client.post("/patrol/start/", start).url
        for text, house_no, unit_no, _code in ((TALK, "1号楼", "", ""), *DIARY):
            clock.shift(timedelta(minutes=12))
            line = {"key": uuid4(), "text": text, "house_no": house_no, "unit_no": unit_no}
            client.post(f"{walk}write/", line)
        for line in Patrol.objects.get().entries.exclude(suggestion=None):
            client.post(f"/diary/{line.pk}/case/", {"category": line.suggestion_id})
        home = client.post(f"{walk}end/", follow=True).content.decode()

    filed = Case.objects.order_by("pk").values_list(
        "text", "house_no", "unit_no", "category__code", "building"
    )
    assert list(filed) == [(*line, town.grid.one.pk) for line in DIARY]
    assert "日记 4 条，转案件 3 件，用时 48 分钟" in home
