"""The small demo district and its register, for the tests of both."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from hashlib import sha256
from io import StringIO

from django.core.management import call_command
from django.db import transaction

from residents.models import (
    Activity,
    GroupFile,
    Household,
    Inspection,
    Participation,
    PointEntry,
    Premises,
    Resident,
    Visit,
    Volunteer,
)

UNTIL = date(2026, 11, 20)
SMALL = ("--size=small", "--weeks=3", f"--until={UNTIL}", "--verbosity=0")


@contextmanager
def furnished(*options: str) -> Iterator[None]:
    """The small demo without its register; at the end it is gone again."""
    with transaction.atomic():
        for command in ("load_reference", "load_registers"):
            call_command(command, verbosity=0, stdout=StringIO())
        call_command("seed_demo", *SMALL, *options, stdout=StringIO(), stderr=StringIO())
        yield
        transaction.set_rollback(True)


def seed(*options: str) -> str:
    """What the command says when it has seeded the small register."""
    said = StringIO()
    call_command("seed_register", *SMALL, *options, stdout=said, stderr=StringIO())
    return said.getvalue()


def digest() -> str:
    """All that a reader could tell two registers apart by; seals and traces depend on the installation's keys."""
    people = [
        (
            one.name.open(), one.id_number.open(), one.phone and one.phone.open(), str(one.household), one.relation,
            one.employer, one.state, one.ended_on,
        )
        for one in Resident.objects.select_related("household__dwelling__house").order_by("pk")
    ]  # fmt: skip
    facts: list[object] = [*people]
    facts += Premises.objects.order_by("pk").values_list("name", "address", "area", "inspection_due")
    facts += Inspection.objects.order_by("pk").values_list("done_at", "result", "found", "key")
    facts += Volunteer.objects.order_by("pk").values_list("since", "skills", "note")
    facts += Activity.objects.order_by("pk").values_list("title", "begins_at", "state", "key")
    facts += Participation.objects.order_by("pk").values_list("hours", "key")
    facts += PointEntry.objects.order_by("pk").values_list("seq", "amount", "at")
    facts += Visit.objects.order_by("pk").values_list("done_at", "met", "due_on", "key")
    facts += Household.objects.order_by("pk").values_list(
        "opened_on", "closed_on", "verified_on", "visit_due"
    )
    facts += GroupFile.objects.order_by("pk").values_list("type__code", "risk", "basis", "next_visit_due")
    return sha256(repr(facts).encode()).hexdigest()
