"""Every page a person opens is clean: nothing blocked by the policy, no script failing, nothing for axe."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from assessment.actions import score_month
from cases import actions
from cases.enums import Step
from cases.models import Inquiry
from cases.rules.clock import Limit
from grids.rules.workdays import local_date
from tests.browser.conftest import press
from tests.cases.admitting import applied, heard, in_force
from tests.cases.walks import photo, walk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("calendar")]


@pytest.fixture
def lived(town):
    """A case at every step and one given to its unit twice; a patrol under way with a line, and one that has ended."""
    at = timezone.now() - timedelta(hours=3)
    found = {"town": town}
    for step in (Step.REPORTED, Step.ASSIGNED, Step.HANDLING, Step.FED_BACK, Step.CLOSED):
        found[step.value] = walk(town, town.report(at=at, photos=[photo()]), at, until=step).pk
    found["assignment"] = actions.assign(
        town.report(at=at, code="C201"), unit=town.grid.one, limit=Limit(7),
        by=town.post.dispatcher, at=at,
    ).assignments.get().pk  # fmt: skip
    twice = walk(town, town.report(at=at), at, until=Step.ASSIGNED)
    twice = actions.return_(twice, note="不属于我科", by=town.post.officer, at=at)
    found["twice"] = walk(town, twice, at, until=Step.ASSIGNED).pk
    patrol = actions.start_patrol(by=town.post.leader, at=at, key=uuid4())
    actions.write_diary(patrol, text="3号楼2单元堆放建筑垃圾", by=town.post.leader, at=at, key=uuid4())
    given = walk(town, town.report(at=at, code="C202"), at, until=Step.ASSIGNED)
    found |= inquired(town, at - timedelta(days=21))
    run = score_month(
        town.grid.district, local_date(at).replace(day=1), by=town.post.official, at=timezone.now()
    )
    found["score"] = run.scores.get(grid=town.grid.one).pk
    found["admission"] = heard(town, applied(town, at, since=local_date(at)), at, day=local_date(at)).pk
    in_force(town, at)
    return found | {"patrol": patrol.pk, "given": given.pk, "order": given.assignments.get().pk}


def inquired(town, begun):
    """A right three weeks old, and an inquiry that waits for the street; after it the community sent work back."""
    numbers = {"community_days": 1, "street_days": 40, "reply_days": 40}
    actions.set_policy(town.grid.district, reason="试行", by=town.post.official, at=begun, **numbers)
    for _ in range(2):
        case = actions.assign(
            town.report(at=begun), unit=town.grid.one, limit=Limit(2), by=town.post.dispatcher, at=begun
        )
        case = actions.sign(case, by=town.post.leader, at=begun)
        actions.escalate(case, note="网格解决不了", by=town.post.leader, at=begun)
    at = begun + timedelta(days=14)
    actions.sweep(at=at)
    right, paper = Inquiry.objects.order_by("pk")
    paper = actions.ask(paper, question="请说明处理进展", by=town.post.leader, at=at)
    said = {"progress": "已立项", "cause": "等待招标", "measures": "月底前完工"}
    paper = actions.answer(paper, **said, by=town.post.direct, at=at)
    paper = actions.object_(paper, note="没有具体时间", by=town.post.leader, at=at)
    back = actions.assign(
        town.report(at=at), unit=town.grid.east, limit=Limit(40), by=town.post.dispatcher, at=at
    )
    actions.return_(back, note="不归社区管", by=town.post.direct, at=at + timedelta(days=1))
    return {"right": right.pk, "paper": paper.pk, "asked": paper.case_id}


#  person         pages
PAGES = (
    ("leader",     ("/", "/cases/new/", "/cases/", "/patrol/", "/patrol/{patrol}/", "/patrol/history/",
                    "/patrol/{patrol}/sheet/", "/cases/{reported}/", "/grids/410102006001001/",
                    "/grids/410102006001001/card/", "/password/", "/notices/", "/notices/?show=all",
                    "/inquiries/", "/inquiries/{right}/", "/inquiries/{paper}/letter/", "/cases/{asked}/",
                    "/dossier/", "/dossier/rows/cases/", "/dossier/print/")),
    ("officer",    ("/", "/cases/{assigned}/", "/cases/{handling}/", "/cases/{handling}/why/", "/cases/{twice}/why/",
                    "/cases/")),
    ("direct",     ("/", "/cases/{fed_back}/", "/grids/410102006001/", "/grids/410102006001/card/",
                    "/grids/410102006001001/card/?size=a6", "/grids/410102006001001/card/edit/")),
    ("dispatcher", ("/", "/cases/{closed}/", "/grids/410102006/", "/cases/new/", "/dispatch/", "/reports/monthly/",
                    "/reports/dispatch/", "/reports/daily/", "/reports/groups/",
                    "/cases/{given}/order/{order}/", "/duty/", "/outlook/", "/monitor/?grid=410102006001")),
    ("supervisor", ("/", "/inquiries/", "/inquiries/{paper}/", "/inquiries/{paper}/reply/", "/inquiries/?state=decided",
                    "/inquiries/retaliation/", "/inquiries/silence/", "/reports/hints/", "/reports/source/", "/checks/",
                    "/spot-checks/draw/", "/reports/trace/{closed}/",
                    "/ratings/{closed}/", "/mutual-checks/", "/dossiers/")),
    ("volunteer",  ("/", "/cases/new/", "/cases/")),
    ("official",   ("/", "/grids/", "/grids/410102/", "/reports/monthly/", "/reports/dashboard/", "/definitions/",
                    "/policies/", "/duty/", "/outlook/?days=20", "/monitor/", "/scores/", "/scores/{score}/",
                    "/scores/scheme/", "/scores/inspections/", "/affairs/", "/affairs/force/410102/",
                    "/affairs/applications/new/", "/affairs/applications/{admission}/", "/commitments/",
                    "/commitments/new/", "/reports/commitments/", "/reports/admission/")),
    ("outsider",   ("/", "/grids/", "/inquiries/", "/cases/", "/cases/{reported}/", "/notices/")),
)  # fmt: skip


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize(("person", "pages"), PAGES, ids=[person for person, _ in PAGES])
def test_it_is_clean(person, pages, phone, lived, page_as, assert_clean):
    town = lived["town"]
    page = page_as(town.outsider if person == "outsider" else town.user[person], phone=phone)

    for address in pages:
        page.goto(address.format(**lived))
        assert_clean(page)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize(("person", "pages"), PAGES, ids=[person for person, _ in PAGES])
def test_it_is_no_wider_than_its_window(person, pages, phone, language, lived, page_as):
    town = lived["town"]
    page = page_as(
        town.outsider if person == "outsider" else town.user[person], phone=phone, language=language
    )
    widths = {}

    for address in pages:
        page.goto(address.format(**lived))
        assert page.get_attribute("html", "lang").lower().startswith(language)
        widths[address] = page.evaluate("document.documentElement.scrollWidth")

    # Not innerWidth: a phone zooms out until a page that is too wide fits.
    room = page.viewport_size["width"]
    assert {address: width for address, width in widths.items() if width > room} == {}


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_door_is_clean(phone, town, new_page, assert_clean):
    page = new_page(phone=phone)

    page.goto("/login/")
    assert_clean(page)
    page.fill("input[name=username]", "leader")
    page.fill("input[name=password]", "wrong")
    press(page.locator("main button[type=submit], main button.btn-primary").first)
    assert_clean(page)
