"""The east wing's map: the registers, one list for all of them, and the pages of their entries."""

from django.urls import path

from .views import groups, lists, people, places

app_name = "residents"
urlpatterns = [
    path("registers/", lists.home, name="home"),
    path("registers/groups/", groups.index, name="groups"),
    path("registers/groups/paper/", groups.paper, name="groups_paper"),
    path("registers/groups/figures/", groups.figures, name="group_figures"),
    path("registers/groups/<int:pk>/", groups.detail, name="group_file"),
    path("registers/groups/<int:pk>/open/", groups.open_file, name="group_open"),
    path("registers/groups/<int:pk>/refuse/", groups.refuse, name="group_refuse"),
    path("registers/groups/<int:pk>/change/", groups.change, name="group_change"),
    path("registers/groups/<int:pk>/close/", groups.close, name="group_close"),
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
    path("registers/residents/<int:pk>/group/", groups.choose, name="group_choose"),
    path("registers/residents/<int:pk>/group/new/", groups.propose, name="group_propose"),
    path("registers/residents/<int:pk>/head/", people.make_head, name="make_head"),
]
