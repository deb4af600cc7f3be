from django.core.management.base import BaseCommand

from grids.actions import ensure_admin_group
from residents import actions
from residents.imports import read_group_types

# What the administrators' group may do in this room: the types, and no file.
TYPE_RIGHTS = ("residents.view_grouptype", "residents.add_grouptype", "residents.change_grouptype")


class Command(BaseCommand):
    help = "Load the reference data of the registers: the types of special groups."

    def handle(self, *args: str, **options: str) -> None:
        ensure_admin_group(TYPE_RIGHTS)
        added = actions.load_group_types(read_group_types())
        if added or options["verbosity"] > 1:
            self.stdout.write(f"{added} types of special groups added")
