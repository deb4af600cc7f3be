"""A grid leader at a door: the visit is due, she writes it down, and what she finds there becomes a case."""

from uuid import uuid4

import pytest
import time_machine

from cases.models import Case
from residents.models import Household, Visit
from tests.photos import upload
from tests.residents.people import household, resident

pytestmark = pytest.mark.usefixtures("calendar")


def test_a_due_visit_ends_in_a_case_that_both_pages_know(client, town, at):
    home = household(town, at)
    resident(home, at)
    Household.objects.update(visit_due=at.date())
    client.force_login(town.user.leader)

    with time_machine.travel(at, tick=False):
        assert f"/visits/household/{home.pk}/" in client.get("/visits/").content.decode()
        told = {
            "key": uuid4(),
            "purpose": "care",
            "met": "self",
            "what": "老人说门口地砖松动",
            "photos": upload(),
        }
        page = client.post(f"/visits/household/{home.pk}/", told, follow=True)
        way = page.context["visit"].origin
        form = client.get("/cases/new/", {"origin": way, "grid": home.grid_id}).context["form"]
        facts = {name: form[name].value() for name in ("key", "origin", "grid")}
        problem = {**facts, "category": town.category("B0801").pk, "text": "单元门口地砖松动"}
        client.post("/cases/new/", problem)
        found = client.get("/cases/", {"origin": way}).context["rows"]
        case_page = client.get(Case.objects.get().get_absolute_url()).content.decode()

    visit, case = Visit.objects.get(), Case.objects.get()
    assert (case.origin, case.grid_id) == (f"visit:{visit.uid}", home.grid_id)
    assert [row.number for row in found] == [case.number]
    assert visit.get_absolute_url() in case_page
    assert f"/cases/new/?origin={visit.origin}&amp;grid={home.grid_id}" in page.content.decode()
    assert (visit.due_on, visit.on_time) == (at.date(), True)
