"""The east wing's map: the registers, one list for all of them, and the pages of their entries."""

from django.urls import path

from .views import activities, lists, people, places, points, volunteers

app_name = "residents"
urlpatterns = [
    path("registers/", lists.home, name="home"),
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
    path("registers/residents/<int:pk>/volunteer/", volunteers.enlist, name="enlist"),
    path("registers/residents/<int:pk>/points/", points.points, name="points"),
    path("registers/residents/<int:pk>/points/redeem/", points.redeem, name="redeem"),
    path("registers/volunteers/<int:pk>/", volunteers.volunteer, name="volunteer"),
    path("registers/volunteers/<int:pk>/change/", volunteers.change, name="volunteer_change"),
    path("registers/volunteers/<int:pk>/end/", volunteers.retire, name="retire"),
    path("volunteering/teams/", volunteers.team_list, name="teams"),
    path("volunteering/teams/add/", volunteers.add_team, name="add_team"),
    path("volunteering/teams/<int:pk>/", volunteers.team, name="team"),
    path("volunteering/teams/<int:pk>/change/", volunteers.change_team, name="team_change"),
    path("volunteering/teams/<int:pk>/join/", volunteers.join_team, name="join_team"),
    path("volunteering/teams/<int:pk>/members/<int:member>/leave/", volunteers.leave_team, name="leave_team"),
    path("volunteering/activities/", activities.index, name="activities"),
    path("volunteering/activities/add/", activities.add, name="add_activity"),
    path("volunteering/activities/<int:pk>/", activities.activity, name="activity"),
    path("volunteering/activities/<int:pk>/change/", activities.change, name="activity_change"),
    path("volunteering/activities/<int:pk>/cancel/", activities.call_off, name="call_off"),
    path("volunteering/activities/<int:pk>/sign-up/", activities.sign_up, name="sign_up"),
    path("volunteering/activities/<int:pk>/people/<int:row>/sign-off/", activities.sign_off, name="sign_off"),
    path("volunteering/activities/<int:pk>/attendance/", activities.attendance, name="attendance"),
    path("volunteering/hours/", activities.hours, name="hours"),
    path("volunteering/points/", points.rules, name="point_rules"),
    path("volunteering/points/in/<slug:code>/", points.rule, name="point_rule"),
    path("volunteering/points/in/<slug:code>/set/", points.set_rule, name="point_rule_set"),
    path("volunteering/points/entries/<int:pk>/receipt/", points.receipt, name="receipt"),
    path("volunteering/points/entries/<int:pk>/correct/", points.correct, name="point_correct"),
    path("volunteering/points/corrections/<int:pk>/decide/", points.decide, name="point_decide"),
]
