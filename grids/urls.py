"""The ground floor's map."""

from django.urls import path

from .views import cards, jobs, notices

app_name = "grids"
urlpatterns = [
    path("grids/<slug:code>/card/", cards.card, name="card"),
    path("grids/<slug:code>/card/edit/", cards.edit, name="edit_card"),
    path("grids/<slug:code>/card/keep/", cards.keep, name="keep_card"),
    path("p/<slug:code>/", cards.public, name="public_card"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/progress/", jobs.progress, name="job_progress"),
    path("jobs/<int:pk>/file/", jobs.file, name="job_file"),
    path("jobs/<int:pk>/cancel/", jobs.cancel, name="job_cancel"),
    path("notices/", notices.index, name="notices"),
    path("notices/badge/", notices.badge, name="notice_badge"),
    path("notices/read/", notices.read_all, name="notices_read"),
    path("notices/<int:pk>/read/", notices.read, name="notice_read"),
    path("notices/<int:pk>/open/", notices.open_, name="notice_open"),
]
