"""Forms of volunteers, their teams and activities."""

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridgov.kit.forms import DayField, KeyedForm
from grids.models import Post

from ..enums import Field, Skill
from ..models import Activity, Participation, Team, Volunteer
from ..models.volunteers import MOST_WANTED
from ..queries.shown import Reader
from ..rules.points import HALF_HOUR, most_hours
from .entries import EntryForm


class ClockField(forms.TimeField):
    """A time of day, as a time input of the browser sends it."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        message = gettext_lazy("Not a time: write it like 09:30.")
        super().__init__(
            widget=widget, input_formats=["%H:%M", "%H:%M:%S"], error_messages={"invalid": message}, **options
        )


class VolunteerChoice(forms.ModelChoiceField):
    """One of the volunteers, by masked name and door: of one name there are many."""

    def __init__(self, *, who: Reader, **options: Any) -> None:
        self.who = who
        super().__init__(**options)

    def label_from_instance(self, volunteer: Volunteer) -> str:
        name = self.who.sees(volunteer.resident, Field.NAME)
        return f"{name} · {volunteer.resident.household or volunteer.grid}"


class PostChoice(forms.ModelChoiceField):
    """One of the accounts of the building heads, by the name it signs in with."""

    def label_from_instance(self, post: Post) -> str:
        return str(post.user)


class VolunteerForm(EntryForm):
    """What is written of a volunteer."""

    model = Volunteer
    names = ("skills", "is_building_head", "post", "note")

    def __init__(self, *args: Any, posts: QuerySet[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skills"] = forms.MultipleChoiceField(
            label=gettext_lazy("Skills"), choices=Skill, required=False, widget=forms.CheckboxSelectMultiple
        )
        self.fields["post"] = PostChoice(
            posts, label=gettext_lazy("Post as building head"), required=False,
            help_text=gettext_lazy("Only if she has an account of her own."),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("post") and not said.get("is_building_head"):
            self.add_error("post", _("Only a building head has a post as one."))
        return said


class NewVolunteerForm(VolunteerForm):
    """A resident who begins to volunteer."""

    since = DayField(label=gettext_lazy("Since"), first=1990, required=True)


class RetireForm(KeyedForm):
    """The last day on which somebody volunteers."""

    until = DayField(label=gettext_lazy("Last day as a volunteer"), first=1990, required=True)


class TeamForm(EntryForm):
    """A team; its leader is chosen among its members once it has some."""

    model = Team
    names = ("name", "purpose")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


class TeamChangeForm(TeamForm):
    """The same, with who leads it and whether it goes on."""

    names = ("name", "purpose", "leader", "is_active")

    def __init__(self, *args: Any, who: Reader, members: QuerySet[Volunteer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"] = VolunteerChoice(
            who=who, queryset=members, label=gettext_lazy("Team leader"), required=False
        )


class ActivityForm(EntryForm):
    """An activity of one day."""

    model = Activity
    names = ("title", "kind", "place", "team", "wanted", "text")

    on = DayField(label=gettext_lazy("Day"), first=2020, required=True)
    begins = ClockField(label=gettext_lazy("Begins"))
    ends = ClockField(label=gettext_lazy("Ends"))
    field_order = ("title", "kind", "on", "begins", "ends", "place", "team", "wanted", "text")

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"] = forms.ModelChoiceField(teams, label=gettext_lazy("Team"), required=False)
        self.fields["wanted"] = forms.IntegerField(
            label=gettext_lazy("People wanted"), min_value=1, max_value=MOST_WANTED, required=False
        )
        if self.entry is not None:
            self._fill(timezone.localtime(self.entry.begins_at), timezone.localtime(self.entry.ends_at))
        self.order_fields(self.field_order)

    def _fill(self, begins: datetime, ends: datetime) -> None:
        self.initial |= {"on": begins.date(), "begins": begins.time(), "ends": ends.time()}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        begins, ends = said.get("begins"), said.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", _("The activity ends before it begins."))
        return said

    @property
    def facts(self) -> dict[str, Any]:
        """With its two moments instead of a day and two times."""
        return super().facts | {"begins_at": self._moment("begins"), "ends_at": self._moment("ends")}

    def _moment(self, name: str) -> datetime:
        at: time = self.cleaned_data[name]
        return timezone.make_aware(datetime.combine(self.cleaned_data["on"], at))


class JoinForm(KeyedForm):
    """Which volunteer."""

    def __init__(self, *args: Any, who: Reader, volunteers: QuerySet[Volunteer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["volunteer"] = VolunteerChoice(
            who=who, queryset=volunteers, label=gettext_lazy("Volunteer")
        )


class HoursForm(forms.Form):
    """Who came, and for how long: a tick and the hours of each who has signed up."""

    def __init__(self, *args: Any, activity: Activity, rows: Iterable[Participation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open_rows = [row for row in rows if row.hours is None]
        most = most_hours(activity.ends_at - activity.begins_at)
        for row in self.open_rows:
            self.fields[f"came_{row.pk}"] = forms.BooleanField(
                label=gettext_lazy("Was there"), required=False
            )
            self.fields[f"hours_{row.pk}"] = _hours_field(most)

    @property
    def lines(self) -> list[tuple[Participation, forms.BoundField, forms.BoundField]]:
        """Each who has signed up, with her two fields."""
        return [(row, self[f"came_{row.pk}"], self[f"hours_{row.pk}"]) for row in self.open_rows]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for row in self.open_rows:
            name = f"hours_{row.pk}"
            if said.get(f"came_{row.pk}") and said.get(name) is None and name not in self.errors:
                self.add_error(name, _("How many hours was she there?"))
        if not self.errors and not self.hours:
            raise forms.ValidationError(_("Tick who was there."))
        return said

    @property
    def hours(self) -> dict[int, Decimal]:
        """The hours of who is ticked, by participation."""
        said = self.cleaned_data
        came = (row.pk for row in self.open_rows if said.get(f"came_{row.pk}"))
        return {pk: said[f"hours_{pk}"] for pk in came if said.get(f"hours_{pk}") is not None}


def _hours_field(most: Decimal) -> forms.DecimalField:
    return forms.DecimalField(
        label=gettext_lazy("Hours given"), min_value=HALF_HOUR, max_value=most, step_size=HALF_HOUR,
        decimal_places=1, max_digits=4, initial=most, required=False,
    )  # fmt: skip
