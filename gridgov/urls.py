"""The map of the house: each room has its own urls.py; what belongs to no room is here."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from . import health, signin, views

admin.site.site_header = admin.site.site_title = _("Community Grid Governance: administration")
admin.site.index_title = _("What the administration keeps")

urlpatterns = [
    path("", include("cases.urls")),
    path("", include("residents.urls")),
    path("", include("assessment.urls")),
    path("", include("grids.urls")),
    path("login/", signin.SignInView.as_view(), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("password/", signin.NewPasswordView.as_view(), name="password_change"),
    path("password/done/", auth.PasswordChangeDoneView.as_view(), name="password_change_done"),
    path("language/", views.language, name="language"),
    path("health/", health.health, name="health"),
    path("health/detail/", health.detail, name="health_detail"),
    path(
        "admin/login/", signin.StaffSignInView.as_view(), name="staff_login"
    ),  # before the administration's own
    path("admin/", admin.site.urls),
]

handler400 = "gridgov.views.bad_request"
handler403 = "gridgov.views.permission_denied"
handler404 = "gridgov.views.not_found"
handler500 = "gridgov.views.server_error"
