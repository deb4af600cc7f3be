"""The west wing's map: a desk, the report, the list, one case and its moves, dispatching, patrols, inquiries, rules."""

from django.urls import path

from .enums import AdmissionChange
from .views import (
    admissions,
    affairs,
    commitments,
    desk,
    detail,
    dispatch,
    duty,
    foresight,
    inquiries,
    listing,
    monitor,
    patrol,
    photos,
    policies,
    report,
    steps,
)

app_name = "cases"
urlpatterns = [
    path("", desk.desk, name="desk"),
    path("cases/new/", report.report, name="report"),
    path("cases/new/done/<int:pk>/", report.reported, name="reported"),
    path("photos/<int:pk>/", photos.photo, name="photo"),
    path("patrol/", patrol.patrol, name="patrol"),
    path("patrol/start/", patrol.start, name="patrol_start"),
    path("patrol/history/", patrol.history, name="patrol_history"),
    path("patrol/<int:pk>/", patrol.detail, name="patrol_detail"),
    path("patrol/<int:pk>/write/", patrol.write, name="diary_write"),
    path("patrol/<int:pk>/end/", patrol.end, name="patrol_end"),
    path("patrol/<int:pk>/sheet/", patrol.sheet, name="diary_sheet"),
    path("diary/<int:pk>/case/", patrol.raise_case, name="diary_case"),
    path("cases/", listing.index, name="list"),
    path("cases/todo/", listing.todo_badge, name="todo_badge"),
    path("cases/orders/", dispatch.orders, name="orders"),
    path("cases/filters/", listing.save_filter, name="save_filter"),
    path("cases/filters/<int:pk>/delete/", listing.delete_filter, name="delete_filter"),
    path("dispatch/", dispatch.desk, name="dispatch"),
    path("dispatch/rows/", dispatch.rows, name="dispatch_rows"),
    path("dispatch/bulk/", dispatch.bulk, name="dispatch_bulk"),
    path("dispatch/<int:pk>/panel/", dispatch.panel, name="panel"),
    path("policies/", policies.policy, name="policy"),
    path("policies/rehearse/", policies.rehearsal, name="rehearse_policy"),
    path("policies/set/", policies.set_policy, name="set_policy"),
    path("outlook/", foresight.outlook, name="outlook"),
    path("monitor/", monitor.monitor, name="monitor"),
    path("duty/", duty.roster, name="duty"),
    path("duty/set/", duty.set_roster, name="set_duty"),
    path("cases/<int:pk>/", detail.detail, name="detail"),
    path("cases/<int:pk>/why/", detail.why, name="why"),
    path("cases/<int:pk>/order/<int:assignment>/", detail.order, name="order"),
    *[
        path(
            f"cases/<int:pk>/{action.value.replace('_', '-')}/",
            steps.move,
            {"action": action},
            name=action.value,
        )
        for action in steps.CALLS
    ],
    path("inquiries/", inquiries.index, name="inquiries"),
    path("inquiries/retaliation/", inquiries.retaliation, name="retaliation"),
    path("inquiries/silence/", inquiries.silence, name="silence"),
    path("inquiries/<int:pk>/", inquiries.detail, name="inquiry"),
    path("inquiries/<int:pk>/letter/", inquiries.letter, name="inquiry_letter"),
    path("inquiries/<int:pk>/reply/", inquiries.reply, name="inquiry_reply"),
    *[
        path(f"inquiries/<int:pk>/{action.value}/", inquiries.move, {"action": action}, name=action.value)
        for action in inquiries.CALLS
    ],
    path("commitments/", commitments.index, name="commitments"),
    path("commitments/new/", commitments.promise, name="promise"),
    path("affairs/", affairs.index, name="affairs"),
    path("affairs/paper/", affairs.paper, name="affairs_paper"),
    path("affairs/force/<slug:code>/", affairs.force, name="affairs_force"),
    path("affairs/<int:pk>/exit/", affairs.leave, name="affair_exit"),
    path("affairs/applications/", admissions.index, name="admissions"),
    path("affairs/applications/new/", admissions.apply, name="admission_apply"),
    path("affairs/applications/<int:pk>/", admissions.detail, name="admission"),
    path("affairs/applications/<int:pk>/paper/", admissions.paper, name="admission_paper"),
    *[
        path(
            f"affairs/applications/<int:pk>/{change.value}/",
            admissions.move,
            {"change": AdmissionChange(change)},
            name=f"admission_{change.value}",
        )
        for change in admissions.MOVES
    ],
]
