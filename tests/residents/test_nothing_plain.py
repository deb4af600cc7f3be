"""Nothing personal shows in full anywhere but in the reveal: not on a page, in a file, in a log, in a table.

A hundred sentinel people (a dozen unless SENTINELS says otherwise) live in the register; then everybody opens
everything. Take one mask away and this fails: see the end.
"""

import logging
import os
import sys
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.urls import get_resolver, include, path, reverse
from django.views.debug import ExceptionReporter

from gridgov import views
from gridgov.kit.logs import JsonFormatter
from residents import actions
from residents.actions import Wanted
from residents.enums import Field
from residents.models import (
    Building,
    Dwelling,
    ExportRequest,
    Household,
    Look,
    Organisation,
    Premises,
    Resident,
)
from residents.queries import shown
from residents.queries.registers import REGISTERS
from residents.queries.tracing import wanted_trace
from residents.tasks import run_exports
from residents.views.places import KINDS
from tests.matrix import visit_world

from .sentinels import Watch, settle

MANY = int(os.environ.get("SENTINELS", "12"))

# One for each role, each kind of account without a post, and whoever has lost one.
READERS = (
    "official", "inspector", "secretary", "dispatcher", "supervisor", "first", "direct", "maintainer", "village",
    "leader", "member", "house_head", "volunteer", "head", "leader2", "far_leader", "ended", "outsider",
    "administrator", "root", "auditor", "anonymous",
)  # fmt: skip
NEAR = ("secretary", "first", "direct", "maintainer", "leader", "member")  # who sees the sentinels' entries

# What stands in an address → of which rows its numbers are.
MODELS = {
    "residents": Resident,
    "households": Household,
    "dwellings": Dwelling,
    "buildings": Building,
    "premises": Premises,
    "organisations": Organisation,
    "exports": ExportRequest,
}


def broken(request) -> HttpResponse:
    """A view that fails with a person in its hands."""
    resident = Resident.objects.select_related("household").get(pk=request.GET["pk"])
    phone, everything = resident.phone, {"who": resident, "phone": resident.phone}
    raise RuntimeError(f"{resident} {resident!r} {phone} {everything} {vars(resident)}")


handler400, handler403 = views.bad_request, views.permission_denied
handler404, handler500 = views.not_found, views.server_error
urlpatterns = [path("broken/", broken), path("", include("gridgov.urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


# --- the world ----------------------------------------------------------------------------------------


class Kept(logging.Handler):
    """Every record of every logger, as it was said and as it is written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        said = f"{record.name}: {record.getMessage()} {record.args} {record.exc_info and record.exc_info[1]}"
        self.lines += [said, JsonFormatter().format(record)]


@pytest.fixture
def logs():
    """All loggers at DEBUG, the statements of the database among them."""
    kept, names = Kept(), ["", "django", "django.request", "django.db.backends", "gridgov", "axes"]
    loggers = [logging.getLogger(name) for name in names]
    before = [(logger.level, list(logger.handlers)) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
        logger.handlers = [kept]
    connection.force_debug_cursor = True
    yield kept.lines
    connection.force_debug_cursor = False
    for logger, (level, handlers) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.handlers = handlers


@pytest.fixture
def people(world):
    """The sentinels, with everything that is done to them: looked at, taken out, asked for."""
    post, at = world.town.post, world.at
    people = settle(world.town.grid.one, post.leader, at, MANY)
    for she in Resident.objects.order_by("pk")[:2]:
        actions.reveal(she, Field.PHONE, reason="核实低保材料", by=post.leader, at=at)
    masked = Wanted(register="residents", grid=world.town.grid.one)
    actions.ask_for_export(masked, key=uuid4(), by=post.leader, at=at)
    for _time in range(2):
        unmasked = Wanted("residents", world.town.grid.one, is_unmasked=True, reason="入户核查打印")
        asked = actions.ask_for_export(unmasked, key=uuid4(), by=post.direct, at=at)
    actions.release_export(asked, by=post.secretary, at=at)
    run_exports()
    return people


@pytest.fixture
def world(town, calendar):
    return visit_world()


@pytest.fixture
def watch(people):
    return Watch(people)


def entry_of(sentinel) -> Resident:
    return Resident.objects.get(name_traces__contains=[wanted_trace(sentinel.name)])


# --- every address ------------------------------------------------------------------------------------


def register_routes():
    """The addresses of the registers as they are declared, with the kinds of what stands in them."""
    for resolver in get_resolver().url_patterns:
        if getattr(resolver, "url_patterns", None) is None:
            continue
        for one in [resolver, *resolver.url_patterns]:
            if getattr(one, "namespace", None) == "residents":
                yield from one.url_patterns


def in_route(route) -> list[list[object]]:
    """What can stand in an address: names of registers and kinds, numbers of a few entries."""
    found: list[list[object]] = [[]]
    for name in route.pattern.converters:
        if name == "pk":
            model = MODELS.get(str(route.pattern).split("/")[1])
            if model is None:
                return []
            keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
            # Of people a grown-up, a child, one who has left and one who has died; the first is the matrix's own.
            values = [keys[0], *(keys[number] for number in (1, 2, 6, 7) if model is Resident), 10**9]
        elif name not in ("name", "kind"):
            return []  # what else stands in addresses the access matrix names
        else:
            values = [*REGISTERS, "nonsense"] if name == "name" else [*KINDS, "nonsense"]
        found = [[*one, value] for one in found for value in values]
    return found


def register_addresses() -> list[str]:
    addresses = []
    for route in register_routes():
        for values in in_route(route):
            known = dict(zip(route.pattern.converters, values, strict=True))
            addresses.append(reverse(f"residents:{route.name}", kwargs={**known, **route.default_args}))
    return addresses


def admin_addresses() -> list[str]:
    found = ["/admin/"]
    for model in admin.site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        found += [reverse(f"admin:{label}_changelist"), reverse(f"admin:{label}_add")]
        if (first := model._default_manager.first()) is not None:
            found += [reverse(f"admin:{label}_{name}", args=[first.pk]) for name in ("change", "history")]
    return found


def everything(answer) -> str:
    """Body and headers; a workbook by its parts is for `found_in_file`."""
    head = "\n".join(f"{name}: {value}" for name, value in answer.items())
    return f"{head}\n{body_of(answer).decode(errors='replace')}"


def body_of(answer) -> bytes:
    return b"".join(answer) if answer.streaming else answer.content


def search(client, register: str, words: str) -> str:
    """Where a search leads that was sent from the list of a register."""
    return client.post(f"/registers/{register}/", {"q": words}).url


def leaks(watch, world, readers, addresses, echo=""):
    for person in readers:
        for address in addresses:
            answer = world.client[person].get(address)
            if answer.status_code >= 500:
                yield f"{address} as {person}: {answer.status_code}"
            if hits := watch.found(everything(answer), echo):
                yield f"{address} as {person} ({answer.status_code}): {sorted(hits)[:3]}"


# --- nothing shows ------------------------------------------------------------------------------------


def test_no_page_of_the_registers_shows_a_value_in_full(world, watch, people):
    addresses = register_addresses()

    assert len(addresses) > 80
    assert list(leaks(watch, world, READERS, addresses)) == []
    assert "暗**" in world.client["leader"].get("/registers/residents/").content.decode()  # they are there


def test_an_address_that_leads_nowhere_shows_nobody(world, watch, people):
    """What the registers and the rest of the house answer is watched by the matrices of tests/matrix.py."""
    addresses = ["/registers/residents/?cursor=x", "/registers/residents/x/", "/jobs/"]

    assert list(leaks(watch, world, READERS, addresses)) == []


def test_the_administration_shows_nobody(world, watch, people):
    assert list(leaks(watch, world, ("administrator", "root"), admin_addresses())) == []


@pytest.mark.parametrize("field", ["name", "id_number", "phone"])
def test_a_search_finds_her_and_shows_her_masked(world, watch, people, field):
    wanted = getattr(people[0], field)
    for register in ("residents", "households"):
        for person in NEAR:
            address = search(world.client[person], register, wanted)
            pages = [address, address.replace("?", "paper/?")]
            assert watch.found(address) == set()
            assert list(leaks(watch, world, [person], pages, echo=wanted)) == []
        address = search(world.client["leader"], register, wanted)
        assert len(world.client["leader"].get(address).context["rows"]) == 1
        assert len(world.client["direct"].get(address).context["rows"]) > 1  # not her search: the whole list


def test_no_refused_form_tells_of_anybody(world, watch, people):
    """Every form of the registers, sent empty and sent with what is somebody else's."""
    she, other = people[0], people[1]
    typed = {"name": "新人", "id_number": other.id_number, "relation": "90", "on": "2026-01-02", "sex": "1"}
    hits = []
    for facts in ({}, {**typed, "key": str(uuid4())}):
        for person in NEAR:
            for address in register_addresses():
                if address.endswith(("/reveal/", "/decide/")):
                    continue
                answer = world.client[person].post(address, facts)
                hits += [(address, person, hit) for hit in watch.found(everything(answer), other.id_number)]
    assert hits == []
    assert she


def test_the_file_of_a_masked_export_is_masked(world, watch, people):
    asked = ExportRequest.objects.get(is_unmasked=False)
    answer = world.client["leader"].get(reverse("grids:job_file", args=[asked.job_id]))

    content = body_of(answer)
    assert content.startswith(b"PK")
    assert watch.found_in_file(content) == set()


def test_an_unmasked_one_opens_to_its_asker_and_lies_sealed(world, watch, people):
    asked = ExportRequest.objects.exclude(job=None).get(is_unmasked=True)
    address = reverse("grids:job_file", args=[asked.job_id])

    opened = {person for person in READERS if watch.found_in_file(body_of(world.client[person].get(address)))}

    assert opened == {"direct"}
    with asked.job.result.open("rb") as file:
        assert watch.found_in_file(file.read()) == set()


def test_the_reveal_shows_one_value_once_and_it_is_on_record(world, watch, people):
    she = entry_of(people[0])
    client, looks = world.client["leader"], Look.objects.count()

    answer = client.post(
        reverse("residents:reveal", args=[she.pk]), {"field": "phone", "reason": "核实低保材料"}
    )

    assert people[0].phone in watch.found(answer.content.decode())
    assert {hit for hit in watch.found(answer.content.decode()) if hit not in people[0].phone} == set()
    assert answer["Cache-Control"] == "no-store"
    assert Look.objects.count() == looks + 1
    assert watch.found(everything(client.get(she.get_absolute_url()))) == set()


# --- what is kept -------------------------------------------------------------------------------------


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [name for (name,) in cursor.fetchall()]


def test_no_table_holds_a_value_in_full(world, watch, people):
    hits = []
    for table in tables():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            hits += [(table, hit) for (row,) in cursor.fetchall() for hit in watch.found(row)]

    assert len(tables()) > 60
    assert hits == []


def test_no_session_does(world, watch, people):
    for register in ("residents", "households"):
        world.client["leader"].get(search(world.client["leader"], register, people[0].name))

    assert [hit for one in Session.objects.all() for hit in watch.found(str(one.get_decoded()))] == []


def test_no_line_of_any_log_does(world, logs):
    """While they are entered, searched for, looked at and taken out, with every logger at its most talkative."""
    people = settle(world.town.grid.two, world.town.post.leader2, world.at, MANY)
    watch, client = Watch(people), world.client["leader2"]
    for each in people[:3]:
        for term in (each.name, each.id_number, each.phone):
            client.get(search(client, "residents", term))
            client.get(search(client, "households", term))
    for she in Resident.objects.all()[:3]:
        client.get(she.get_absolute_url())
        client.post(reverse("residents:reveal", args=[she.pk]), {"field": "phone", "reason": "核实低保材料"})
        client.get(f"/registers/residents/{she.pk}/nonsense/")
    actions.ask_for_export(
        Wanted(register="residents", grid=world.town.grid.two),
        key=uuid4(),
        by=world.town.post.leader2,
        at=world.at,
    )
    run_exports()

    assert any("INSERT INTO" in line and "residents_resident" in line for line in logs)
    assert [hit for line in logs for hit in watch.found(line)] == []


def test_a_page_that_breaks_with_a_person_in_its_hands_tells_nothing_of_her(world, watch, people, logs):
    she = entry_of(people[0])

    answer = world.client["leader"].get(f"/broken/?pk={she.pk}")

    assert answer.status_code == 500
    assert any("RuntimeError" in line and "暗**" in line for line in logs)  # the trace is there
    assert watch.found(everything(answer)) == set()
    assert [hit for line in logs for hit in watch.found(line)] == []


def test_not_even_the_report_with_all_locals_does(world, watch, people, rf):
    request = rf.get("/broken/", {"pk": entry_of(people[0]).pk})
    try:
        broken(request)
    except RuntimeError:
        report = ExceptionReporter(request, *sys.exc_info())

    told = report.get_traceback_html() + report.get_traceback_text()
    assert "everything" in told  # the locals are there
    assert watch.found(told) == set()


# --- calibration: without its mask a value is found -----------------------------------------------------


@contextmanager
def unmasked(monkeypatch):
    monkeypatch.setattr(shown.Reader, "sees", lambda self, resident, field: _open(resident, field))
    yield


def _open(resident, field) -> str:
    value = getattr(resident, field)
    return value.open() if value else ""


def test_without_the_mask_the_lists_the_paper_and_the_file_are_found_out(world, watch, people, monkeypatch):
    with unmasked(monkeypatch):
        addresses = ["/registers/residents/", "/registers/residents/paper/", "/registers/looks/"]
        found = list(leaks(watch, world, ["leader"], addresses))

    assert [text.split()[0] for text in found] == addresses


@pytest.mark.parametrize("column", ["note", "employer"])
def test_a_name_written_elsewhere_is_found_in_its_table(world, watch, people, column):
    Resident.objects.update(**{column: people[0].name})
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM residents_resident t")
        rows = " ".join(row for (row,) in cursor.fetchall())

    assert watch.found(rows) == {people[0].name[1:]}  # and nothing else
