from django.core.management import call_command
from django.core.management.base import BaseCommand

from cases import actions
from cases.imports import read_categories


class Command(BaseCommand):
    help = "Load the reference data that comes with the product: calendar, categories, administrators' group."

    def handle(self, *args: str, **options: str) -> None:
        call_command("createcachetable", verbosity=0)
        call_command("load_calendar", verbosity=options["verbosity"])
        added = actions.load_categories(read_categories())
        if added or options["verbosity"] > 1:
            self.stdout.write(f"{added} categories added")
