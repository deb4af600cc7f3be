"""The hundred points: the ranking of a place, one score down to its records, and the way of a month."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridgov.kit import listing, svg
from gridgov.kit.refusals import Forbidden
from grids.actions import JobRefused, ask_for_job
from grids.enums import Level, Right
from grids.models import Grid, Job
from grids.views.places import place_asked, places_around

from .. import actions
from ..enums import Input, RunState
from ..forms.scores import AmendForm, AppealForm, RankingForm, StepForm
from ..models import MonthlyScore, Run
from ..queries import records, runs
from ..queries import scores as questions
from .tabs import record_tabs, tabs

# --- the ranking ------------------------------------------------------------------------------------------


@require_safe
def ranking(request: HttpRequest) -> HttpResponse:
    """The grids of a place and month, the best first."""
    grid = place_asked(request, request.GET.get("grid", ""), Right.FIGURES)
    district = questions.district_of(grid)
    months = list(questions.runs_seen(district, request.scope))
    form = _asked(request, grid, months)
    context = {
        "title": _("Scores of the month"), "tabs": tabs(request, "scores"), "grid": grid, "form": form, "district": district,
        "may_run": _runner(request, district) is not None,
    }  # fmt: skip
    run = _run_asked(form, months)
    if run is None:
        return render(request, "assessment/scores.html", context | _start(request, district, months))
    level = form.cleaned_data.get("level") or questions.levels_of(grid)[0]
    page = listing.page(
        questions.ranking(run, grid, level),
        cursor=request.GET.get("cursor"),
        order=("-is_ranked", "-final", "-pk"),
    )
    standing = questions.standing_of(page.rows)
    context |= {
        "run": run, "level": Level(level), "rows": [(score, standing[score.pk]) for score in page.rows],
        "steps": _steps(run, request), "step_form": StepForm(),
        "waiting": questions.undecided(run) if context["may_run"] else 0,
        **listing.around(request.GET, page),
    }  # fmt: skip
    return render(request, "assessment/scores.html", context)


def _asked(request: HttpRequest, grid: Grid, months: list[Run]) -> RankingForm:
    data = {
        "month": request.GET.get("month") or (f"{months[0].month:%Y-%m}" if months else ""),
        "grid": grid.code,
        "level": request.GET.get("level") or str(questions.levels_of(grid)[0].value),
    }
    form = RankingForm(
        data,
        months=months,
        places=places_around(request, grid, Right.FIGURES),
        levels=questions.levels_of(grid),
    )
    form.is_valid()
    return form


def _run_asked(form: RankingForm, months: list[Run]) -> Run | None:
    asked = form.cleaned_data.get("month")
    return next((run for run in months if f"{run.month:%Y-%m}" == asked), None)


def _start(request: HttpRequest, district: Grid, months: list[Run]) -> dict[str, Any]:
    """For the district: the month that could be computed now."""
    if _runner(request, district) is None or months:
        return {}
    return {"first": runs.previous(request.at), "step_form": StepForm()}


def _runner(request: HttpRequest, district: Grid) -> Any:
    return request.scope.post_at(district.pk, Right.SUPERVISE)


def _steps(run: Run, request: HttpRequest) -> list[tuple[str, str, str]]:
    """What the person may do next with a month: (step, button, question)."""
    if _runner(request, run.grid) is None:
        return []
    compute = (
        "compute",
        _("Compute again"),
        _("The scores are computed anew from the records. Nothing else changes."),
    )
    if run.state == RunState.DRAFT:
        review = (
            RunState.REVIEW.value,
            _("Give to review"),
            _("Streets and grids can read the scores from now on."),
        )
        return [compute, review] if run.period.is_whole else [compute]
    if run.state == RunState.REVIEW:
        asks = _("The scores stand. Grids may appeal for three working days; nothing can be computed again.")
        return [compute, (RunState.APPEALS.value, _("Open to appeals"), asks)]
    if run.state == RunState.APPEALS and request.scope.post_at(run.grid_id, Right.POLICY):
        return [(RunState.PUBLISHED.value, _("Publish"), _("The month is frozen. This cannot be undone."))]
    return []


# --- the way of a month -----------------------------------------------------------------------------------


@require_POST
def step(request: HttpRequest) -> HttpResponse:
    """A month goes on: computed in a job, reviewed, opened to appeals, published."""
    district = _own_district(request)
    by = _runner(request, district)
    if by is None:
        raise Forbidden(_("The district assesses its grids."))
    form = StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please choose a month."))
        return redirect("assessment:scores")
    month, wanted = form.cleaned_data["month"], form.cleaned_data["step"]
    back = f"{reverse('assessment:scores')}?{urlencode({'month': f'{month:%Y-%m}'})}"
    try:
        if wanted == "compute":
            return redirect(_compute(request, district, month, form.cleaned_data["key"]))
        _go_on(get_object_or_404(Run, grid=district, month=month), wanted, by, request)
    except (actions.ScoringRefused, JobRefused) as no:
        messages.error(request, str(no))
    return redirect(back)


def _own_district(request: HttpRequest) -> Grid:
    spans = [span for span in request.scope.spans(Right.SUPERVISE) if span.level == Level.DISTRICT]
    if not spans:
        raise Forbidden(_("The district assesses its grids."))
    return Grid.objects.get(pk=spans[0].grid_id)


def _compute(request: HttpRequest, district: Grid, month: Any, key: Any) -> Job:
    text = f"{month:%Y-%m}"
    params = {
        "grid": district.code, "month": text, "language": get_language(),
        "page": f"{reverse('assessment:scores')}?{urlencode({'month': text})}",
    }  # fmt: skip
    title = _("Scores of %(month)s") % {"month": text}
    return ask_for_job(runs.KIND, title, params, key=key, by=request.user, at=request.at)


def _go_on(run: Run, wanted: str, by: Any, request: HttpRequest) -> None:
    acts = {
        RunState.REVIEW.value: actions.give_to_review,
        RunState.APPEALS.value: actions.open_appeals,
        RunState.PUBLISHED.value: actions.publish,
    }
    if wanted == RunState.PUBLISHED.value:
        by = request.scope.post_at(run.grid_id, Right.POLICY) or by
    run = acts[wanted](run, by=by, at=request.at)
    said = _("%(month)s stands at “%(state)s” now.")
    messages.success(request, said % {"month": f"{run.month:%Y-%m}", "state": run.get_state_display()})


# --- one score --------------------------------------------------------------------------------------------


def score_asked(request: HttpRequest, pk: int) -> MonthlyScore:
    """A score of her place; outside of it, and of a draft that is not hers to read, there is none."""
    seen = questions.scores_seen(request.scope).select_related("run__scheme", "run__grid", "grid")
    return get_object_or_404(seen, pk=pk)


@require_safe
def score(request: HttpRequest, pk: int) -> HttpResponse:
    """A score, explained down to the records it was counted from."""
    return show(request, score_asked(request, pk))


def show(request: HttpRequest, found: MonthlyScore, form: Any = None, status: int = 200) -> HttpResponse:
    """The page of a score, with a form that was not acceptable."""
    past = questions.history(found.grid, request.scope, found.run.month)
    lines = questions.appealable(found, request.scope, request.at)
    may_amend = found.run.is_published and request.scope.post_at(found.run.grid_id, Right.POLICY)
    context = {
        "score": found, "run": found.run, "told": questions.explained(found), "amended": questions.amended(found),
        "past": past, "chart": _chart(past),
        "appeal_form": _or_new(form, AppealForm, lines), "may_appeal": bool(lines),
        "amend_form": _or_new(form, AmendForm, questions.lines_of(found)), "may_amend": bool(may_amend),
    }  # fmt: skip
    return render(request, "assessment/score.html", context, status=status)


def _or_new(form: Any, kind: Any, lines: list[tuple[str, str]]) -> Any:
    return form if isinstance(form, kind) else kind(lines=lines)


def _chart(past: list[MonthlyScore]) -> Any:
    if len(past) < 2:
        return ""
    points = [svg.Point(f"{each.run.month:%Y-%m}", float(each.final), str(each.final)) for each in past]
    return svg.line(points, title=_("Scores of the last months"))


@require_safe
def record_list(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The records behind one number of a score, exactly as many as it says."""
    found = score_asked(request, pk)
    if name not in Input.values or not records.has_records(Input(name)):
        raise Http404
    asked = Input(name)
    part = int(request.GET["part"]) if request.GET.get("part", "").isdecimal() else 0
    page = records.records(found, asked, request.scope, request.GET.get("cursor"), part)
    context = {
        "score": found, "run": found.run, "title": asked.label, "page": page, "published": found.counts[asked],
        "parts": record_tabs(request, page.parts, part), **listing.around(request.GET, page.around),
    }  # fmt: skip
    return render(request, "assessment/records.html", context)
