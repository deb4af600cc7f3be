from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from cases import actions
from cases.imports import read_categories
from grids.actions import align_grants, ensure_admin_group, ensure_auditor_group

# What the administrators' group may do on this floor.
CATEGORY_RIGHTS = ("cases.view_category", "cases.add_category", "cases.change_category")


class Command(BaseCommand):
    help = "Load the reference data that comes with the product: calendar, categories, administrators' and auditors' groups."

    def handle(self, *args: str, **options: str) -> None:
        call_command("createcachetable", verbosity=0)
        call_command("load_calendar", verbosity=options["verbosity"])
        ensure_admin_group(CATEGORY_RIGHTS)
        ensure_auditor_group()
        if aligned := align_grants(at=timezone.now()):
            self.stdout.write(f"{aligned} people's rights brought in line with their posts")
        added = actions.load_categories(read_categories())
        if added or options["verbosity"] > 1:
            self.stdout.write(f"{added} categories added")
