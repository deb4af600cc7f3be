"""The east wing's map: the registers, one list for all of them, and the pages of their entries."""

from django.urls import path

from .views import ledgers, lists, people, places

app_name = "residents"
urlpatterns = [
    path("registers/", lists.home, name="home"),
    path("registers/import/", ledgers.bring, name="import"),
    path("registers/import/empty/", ledgers.empty, name="empty_ledger"),
    path("registers/import/<int:pk>/", ledgers.ledger, name="ledger"),
    path("registers/import/<int:pk>/columns/", ledgers.columns, name="ledger_columns"),
    path("registers/import/<int:pk>/progress/", ledgers.progress, name="ledger_progress"),
    path("registers/import/<int:pk>/load/", ledgers.load, name="load_ledger"),
    path("registers/import/<int:pk>/remarks/", ledgers.remarks, name="ledger_remarks"),
    path("registers/import/<int:pk>/discard/", ledgers.discard, name="discard_ledger"),
    path("registers/<slug:name>/", lists.index, name="list"),
    path("registers/<slug:name>/paper/", lists.paper, name="paper"),
    path("registers/add/<slug:kind>/", places.add, name="add"),
    *[
        route
        for kind, what in places.KINDS.items()
        for route in (
            path(f"registers/{what.register}/<int:pk>/", places.detail, {"kind": kind}, name=kind),
            path(
                f"registers/{what.register}/<int:pk>/change/",
                places.change,
                {"kind": kind},
                name=f"{kind}_change",
            ),
        )
    ],
    path("registers/buildings/<int:pk>/dwelling/", places.add_dwelling, name="add_dwelling"),
    path("registers/dwellings/<int:pk>/household/", people.add_household, name="add_household"),
    path("registers/households/<int:pk>/", people.household, name="household"),
    path("registers/households/<int:pk>/verify/", people.verify, name="verify"),
    path("registers/households/<int:pk>/person/", people.add_person, name="add_person"),
    path("registers/residents/<int:pk>/", people.resident, name="resident"),
    path("registers/residents/<int:pk>/reveal/", people.reveal, name="reveal"),
    path("registers/residents/<int:pk>/change/", people.change, name="resident_change"),
    path("registers/residents/<int:pk>/leave/", people.leave, name="leave"),
    path("registers/residents/<int:pk>/move/", people.move, name="move"),
    path("registers/residents/<int:pk>/head/", people.make_head, name="make_head"),
]
