"""A report becomes one case, with a number, in one place."""

from uuid import uuid4

import pytest

from cases import actions
from cases.enums import Channel, EvidenceStage
from cases.models import Case, CaseEvent, Evidence
from cases.rules.lifecycle import NotAllowed
from grids.actions import appoint, load_tree
from grids.enums import Role
from grids.models import Grid
from grids.rules.codes import GridRow
from tests.cases.walks import photo
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_it_has_a_number_that_can_be_read_over_the_phone(town, at):
    numbers = [town.report(at=at).number for _ in range(3)]

    assert numbers == ["三官庙-20260924-0001", "三官庙-20260924-0002", "三官庙-20260924-0003"]


def test_places_of_the_same_name_share_one_series(town, at):
    rows = [
        GridRow("410173", "district", "航空港区"),
        GridRow("410173116", "street", "三官庙镇", "410173"),
        GridRow("410173116201", "community", "三官庙村委会", "410173116"),
    ]
    load_tree(rows, at=at)

    village = Grid.objects.get(code="410173116201")
    post = appoint(make_user(), Role.MAINTAINER, grid=village, at=at)
    first = town.report(at=at)

    second = actions.report(category=town.category(), grid=village, text="路面破损", by=post, at=at)

    assert (first.number, second.number) == ("三官庙-20260924-0001", "三官庙-20260924-0002")


def test_a_day_begins_at_midnight_in_zhengzhou(town, at):
    evening = at.replace(hour=23, minute=59)
    morning = at.replace(day=25, hour=0, minute=0)

    assert [town.report(at=moment).number[4:12] for moment in (evening, morning)] == ["20260924", "20260925"]


def test_it_carries_its_whole_path(town, at):
    case = town.report(at=at)

    assert (case.building, case.community, case.street, case.district) == (
        town.grid.one, town.grid.east, town.grid.street, town.grid.district,
    )  # fmt: skip


def test_the_same_form_twice_is_one_case(town, at):
    key = uuid4()

    first, second = (town.report(at=at, key=key, photos=[photo()]) for _ in range(2))

    assert first == second
    assert (Case.objects.count(), CaseEvent.objects.count(), Evidence.objects.count()) == (1, 1, 1)


def test_somebody_elses_key_files_nothing(town, at):
    key = uuid4()
    town.report(at=at, key=key)

    with pytest.raises(actions.ReportRefused):
        town.report(at=at, key=key, by="member")

    assert Case.objects.count() == 1


def test_an_outside_channel_never_files_the_same_number_twice(town, at):
    facts = {"by": "dispatcher", "channel": Channel.MAYOR_LINE, "external_id": "ZZ-0001"}
    case = town.report(at=at, **facts)

    with pytest.raises(actions.ReportRefused, match=case.number):
        town.report(at=at, **facts)

    assert Case.objects.count() == 1


def test_a_number_filed_elsewhere_is_refused_without_telling_where(town, at):
    facts = {"channel": Channel.WECHAT, "external_id": "WX-0001"}
    case = town.report(at=at, by="west_direct", grid="three", **facts)

    with pytest.raises(actions.ReportRefused) as refused:
        town.report(at=at, by="direct", grid="one", **facts)

    assert "WX-0001" in str(refused.value)
    assert case.number not in str(refused.value)


@pytest.mark.parametrize("grid", ["two", "east", "nine"])
def test_nobody_reports_outside_her_place(grid, town, at):
    with pytest.raises(NotAllowed):
        town.report(at=at, grid=grid)

    assert Case.objects.count() == 0


def test_a_branch_of_the_tree_is_not_what_a_case_is_about(town, at):
    with pytest.raises(actions.ReportRefused):
        town.report(at=at, code="B08")


def test_a_photo_is_kept_once_with_what_it_showed(town, at):
    case = town.report(at=at, photos=[photo(), photo(), photo("blue")])

    kept = list(case.evidence.all())
    assert [(evidence.stage, evidence.width) for evidence in kept] == [(EvidenceStage.BEFORE, 64)] * 2
    assert sorted(e.sha256 for e in kept) == case.events.get().data["photos"]


def test_it_is_found_by_its_words(town, at):
    case = town.report(at=at, text="三号楼前窨井盖缺失", place="桐柏路12号")

    assert "窨井盖" in case.search_text
    assert "桐柏路12号" in case.search_text
