"""A month of the roster: one choice for each day."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from grids.models import Post

from ..queries.duty import Line


class RosterForm(forms.Form):
    """Who is on duty on each day; the days that are over cannot be chosen any more."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, *args: Any, lines: list[Line], posts: list[Post], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.posts, self.at = lines, {str(post.pk): post for post in posts}, at
        choices = [("", "—"), *((key, _named(post)) for key, post in self.posts.items())]
        for line in lines:
            if not line.day.is_over(at):
                self.fields[_name(line.day.date)] = forms.ChoiceField(
                    label=date_format(line.day.date, "MONTH_DAY_FORMAT"), required=False, initial=_holder(line),
                    choices=choices + _gone(line, self.posts),
                    error_messages={"invalid_choice": _("She cannot be put on duty here.")},
                )  # fmt: skip

    @property
    def wanted(self) -> dict[date, Post | None]:
        """Whom each day is given to; a day whose person has left meanwhile and is not chosen anew stays as it is."""
        return {
            line.day.date: self.posts.get(chosen)
            for line in self.lines
            if (chosen := self.cleaned_data.get(_name(line.day.date))) is not None
            and (not chosen or chosen in self.posts)
        }

    @property
    def rows(self) -> list[tuple[Line, forms.BoundField | None]]:
        """Each day with its choice, if it still has one."""
        return [
            (line, self[_name(line.day.date)] if _name(line.day.date) in self.fields else None)
            for line in self.lines
        ]


def _name(day: date) -> str:
    return f"day_{day.day:02}"


def _named(post: Post) -> str:
    return f"{post.user} · {post.place_name} {post.get_role_display()}"


def _holder(line: Line) -> str:
    """The person of the rest of a day; nobody where the last shift was cut short."""
    if line.last is None or line.last.until < line.day.until:
        return ""
    return str(line.last.post_id)


def _gone(line: Line, posts: dict[str, Post]) -> list[tuple[str, str]]:
    """Who is on the plan and holds no such post any more: still named, so that the gap is seen."""
    key = _holder(line)
    if not key or key in posts or line.last is None:
        return []
    return [(key, _("%(person)s (holds no post here any more)") % {"person": line.last.post.user})]
