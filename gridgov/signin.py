"""The way in: the sign-in and the change of one's password."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.views import LoginView, PasswordChangeView
from django.core.validators import MaxLengthValidator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

PASSWORD_LENGTH = 1000
TOO_LONG = _("At most %(limit_value)d characters are possible here.")


def limit_length(form: Form, **limits: int) -> None:
    """Refuse what is longer than its limit, and let the browser know it."""
    for name, limit in limits.items():
        field = form.fields[name]
        field.validators.append(MaxLengthValidator(limit, message=TOO_LONG))
        field.widget.attrs["maxlength"] = limit


class SignInForm(AuthenticationForm):
    """Name and password. What is too long for either is nobody's: no backend is asked, nothing is counted."""

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        # Django tells the browser how long a name may be and does not look itself.
        limit_length(self, username=self.fields["username"].max_length, password=PASSWORD_LENGTH)


class StaffSignInForm(SignInForm, AdminAuthenticationForm):
    """The same at the door of the administration."""


class NewPasswordForm(PasswordChangeForm):
    """A new password is never longer than the sign-in takes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit_length(self, **dict.fromkeys(self.fields, PASSWORD_LENGTH))


class RefusedMixin:
    """A form that is not acceptable is a 422 here, as everywhere in the house."""

    def form_invalid(self, form: Form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignInView(RefusedMixin, LoginView):
    form_class = SignInForm
    redirect_authenticated_user = True


class StaffSignInView(RefusedMixin, LoginView):
    """The administration's own door; Django's would answer a refusal with 200."""

    form_class = StaffSignInForm
    template_name = "admin/login.html"
    next_page = "admin:index"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if admin.site.has_permission(request):
            return redirect(self.get_success_url())
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        site = admin.site.each_context(self.request)
        name, path = self.request.user.get_username(), self.request.get_full_path()
        return super().get_context_data(**site, title=_("Sign in"), username=name, app_path=path, **kwargs)


class NewPasswordView(RefusedMixin, PasswordChangeView):
    form_class = NewPasswordForm
