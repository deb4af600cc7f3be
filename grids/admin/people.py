"""People and posts in the administration. What a person may do follows from her posts alone."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..actions.posts import AppointmentRefused, appoint, dismiss
from ..enums import Role
from ..models import Post, User
from .history import HistoryAdmin


class NewPersonForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "name")


class GivenPasswordForm(AdminPasswordChangeForm):
    """A new password for somebody else. Django says what it costs in English, whatever the language."""

    usable_password_help_text = format_lazy(
        '<ul id="id_unusable_warning" class="messagelist"><li class="warning">{}</li></ul>',
        gettext_lazy("Without a password she cannot sign in, and the one she has is lost."),
    )


@admin.register(User)
class PersonAdmin(HistoryAdmin, UserAdmin):
    """Accounts. Only a superuser gives access to this administration or touches a superuser."""

    add_form = NewPersonForm
    change_password_form = GivenPasswordForm
    list_display = ("username", "name", "force", "home_unit", "is_active")
    list_filter = ("is_active", "force")
    search_fields = ("username", "name")
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (gettext_lazy("Person"), {"fields": ("name", "phone", "force", "home_unit", "is_active")}),
        (gettext_lazy("Administration"), {"fields": ("is_staff", "groups", "last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("username", "name", "phone", "force", "home_unit")}),
        (None, {"fields": ("usable_password", "password1", "password2")}),
    )
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        own = ("is_staff", "groups") if not request.user.is_superuser else ()
        return (*self.readonly_fields, *own)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False  # an account goes out of use; what its owner did keeps her name


class PostForm(forms.ModelForm):
    role = forms.ChoiceField(label=gettext_lazy("role"), choices=Role.choices)

    class Meta:
        model = Post
        fields = ("user", "role", "grid", "department")

    def clean(self) -> dict[str, Any]:
        """Appoint here, where a refusal can still be said beside the form.

        The page runs in one transaction, and there is nothing after this that could fail.
        """
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.instance = self.appoint(cleaned)
            except AppointmentRefused as refusal:
                raise forms.ValidationError(str(refusal)) from None
        return cleaned

    def appoint(self, cleaned: dict[str, Any]) -> Post:
        raise NotImplementedError

    def _post_clean(self) -> None:
        """The action has checked and written the post; there is nothing left to fill in."""


@admin.register(Post)
class PostAdmin(HistoryAdmin):
    """Posts begin and end through their actions; a post on record is never edited."""

    form = PostForm
    fields = ("user", "role", "grid", "department")
    list_display = ("user", "role", "place", "since", "until")
    list_filter = ("role", ("until", admin.EmptyFieldListFilter))
    list_select_related = ("user", "grid", "department")
    search_fields = ("user__name", "user__username", "grid__name", "grid__code", "department__name")
    raw_id_fields = ("user", "grid", "department")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("end_posts",)

    @admin.display(description=gettext_lazy("grid or department"))
    def place(self, post: Post) -> str:
        return post.place_name

    def has_change_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        """Whoever may change posts may end them from the list; a single post can only be looked at."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Post | None = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Post | None = None, **kwargs: Any) -> type[PostForm]:
        base = super().get_form(request, obj, **kwargs)

        class AppointForm(base):  # type: ignore[misc,valid-type]
            def appoint(self, cleaned: dict[str, Any]) -> Post:
                return appoint(
                    cleaned["user"], Role(cleaned["role"]), grid=cleaned["grid"],
                    department=cleaned["department"], by=request.user, at=request.at,
                )  # fmt: skip

        return AppointForm

    def save_form(self, request: HttpRequest, form: PostForm, change: bool) -> Post:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Post, form: PostForm, change: bool) -> None:
        """Written by `appoint` already."""

    def save_related(self, request: HttpRequest, form: PostForm, formsets: list[Any], change: bool) -> None:
        """A post has nothing else beside it."""

    @admin.action(description=gettext_lazy("End the chosen posts now"), permissions=["change"])
    def end_posts(self, request: HttpRequest, posts: QuerySet[Post]) -> HttpResponse | None:
        ended = 0
        for post in posts.select_related("user", "grid", "department"):
            try:
                dismiss(post, by=request.user, at=request.at)
                ended += 1
            except AppointmentRefused as refusal:
                messages.error(request, f"{post}: {refusal}")
        if ended:
            messages.success(request, _("Posts ended: %(count)d.") % {"count": ended})
        return None
