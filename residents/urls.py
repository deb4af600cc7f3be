"""The east wing's map: the registers, one list for all of them, and the pages of their entries."""

from django.urls import path

from .views import lists, people, places, policies, visits

app_name = "residents"
urlpatterns = [
    path("registers/", lists.home, name="home"),
    path("registers/policy/", policies.policy, name="policy"),
    path("registers/policy/set/", policies.set_policy, name="set_policy"),
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
    path("visits/", visits.due, name="visits"),
    path("visits/household/<int:pk>/", visits.visit, name="visit_household"),
    path("visits/figures/", visits.figures, name="visit_figures"),
    path("visits/figures/paper/", visits.paper, name="visit_paper"),
    path("visits/figures/rows/", visits.rows, name="visit_rows"),
    path("visits/photos/<int:pk>/", visits.photo, name="visit_photo"),
    path("visits/<uuid:uid>/", visits.detail, name="visit"),
    path("visits/<uuid:uid>/read/", visits.read, name="visit_read"),
]
