"""The east wing's map: the registers, one list for all of them, and the pages of their entries."""

from django.urls import path

from .views import days, households, inspections, lists, merging, people, photos, places, policies, visits

app_name = "residents"
urlpatterns = [
    path("registers/", lists.home, name="home"),
    path("registers/policy/", policies.policy, name="policy"),
    path("registers/policy/set/", policies.set_policy, name="set_policy"),
    path("registers/duplicates/", merging.likely, name="duplicates"),
    path("registers/residents/as-of/", days.as_of, name="as_of"),
    path("registers/residents/as-of/paper/", days.as_of_paper, name="as_of_paper"),
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
    path("registers/households/<int:pk>/split/", households.split, name="split"),
    path("registers/households/<int:pk>/join/<int:other>/", households.join, name="join"),
    path("registers/households/<int:pk>/paper/", days.household_paper, name="household_paper"),
    path("registers/residents/<int:pk>/", people.resident, name="resident"),
    path("registers/residents/<int:pk>/reveal/", people.reveal, name="reveal"),
    path("registers/residents/<int:pk>/change/", people.change, name="resident_change"),
    path("registers/residents/<int:pk>/leave/", people.leave, name="leave"),
    path("registers/residents/<int:pk>/move/", people.move, name="move"),
    path("registers/residents/<int:pk>/head/", people.make_head, name="make_head"),
    path("registers/premises/<int:pk>/photos/", inspections.add_photos, name="premises_add_photos"),
    path("inspections/", inspections.due, name="inspections"),
    path("inspections/premises/<int:pk>/", inspections.inspect, name="inspect"),
    path("inspections/figures/", inspections.figures, name="inspection_figures"),
    path("inspections/figures/paper/", inspections.figures_paper, name="inspection_figures_paper"),
    *[
        path(f"registers/photos/{kind}/<int:pk>/", photos.photo, {"kind": kind}, name=f"{kind}_photo")
        for kind in photos.KINDS
    ],
    path("inspections/<uuid:uid>/", inspections.detail, name="inspection"),
    path("inspections/<uuid:uid>/paper/", inspections.paper, name="inspection_paper"),
    path("visits/", visits.due, name="visits"),
    path("visits/household/<int:pk>/", visits.visit, name="visit_household"),
    path("visits/figures/", visits.figures, name="visit_figures"),
    path("visits/figures/paper/", visits.paper, name="visit_paper"),
    path("visits/figures/rows/", visits.rows, name="visit_rows"),
    path("visits/photos/<int:pk>/", visits.photo, name="visit_photo"),
    path("visits/<uuid:uid>/", visits.detail, name="visit"),
    path("visits/<uuid:uid>/read/", visits.read, name="visit_read"),
    path("registers/residents/<int:pk>/paper/", days.resident_paper, name="resident_paper"),
    path("registers/residents/<int:pk>/merge/<int:other>/", merging.merge, name="merge"),
    path("registers/residents/<int:pk>/unmerge/", merging.unmerge, name="unmerge"),
]
