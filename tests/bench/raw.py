"""The list of cases written by hand: SQL, strings, the session and the login, nothing else.

It prints the same rows, tabs with counts and filters as the real page, so that what the real one costs
more is what the house costs: forms, templates, translations, the full middleware.
"""

from datetime import datetime
from html import escape
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from cases.enums import Channel, Ledger, Severity, Step
from cases.queries.listing import TABS
from gridgov.kit.listing import Direction, encode

from .city import NOW

PATH_COLUMN = ("district_id", "street_id", "community_id", "building_id")

PLACE = """
    SELECT g.id, g.level, g.code FROM grids_post p JOIN grids_grid g ON g.id = p.grid_id
    JOIN grids_gridgrant a ON a.content_object_id = g.id AND a.user_id = p.user_id
    JOIN auth_permission r ON r.id = a.permission_id AND r.codename = 'view_cases'
    WHERE p.user_id = %s AND p.since <= %s AND (p.until IS NULL OR p.until > %s)
"""
ROWS = """
    SELECT c.id, c.number, k.name, k.severity, concat_ws(' ', m.name, g.name, c.place, c.house_no, c.unit_no), u.name,
        to_char(c.reported_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI'), c.step,
        CASE WHEN c.ended_at IS NULL AND c.step <> 'reported' THEN coalesce(d.name, h.name) END,
        c.due_at, c.ended_at, c.on_time, c.returns, c.reworks, c.reopenings
    FROM cases_case c
    JOIN cases_category k ON k.id = c.category_id JOIN grids_grid g ON g.id = c.grid_id
    LEFT JOIN grids_grid m ON m.id = c.community_id LEFT JOIN grids_user u ON u.id = c.reporter_id
    LEFT JOIN grids_department d ON d.id = c.holder_department_id LEFT JOIN grids_grid h ON h.id = c.holder_grid_id
    WHERE c.{column} = %s {beyond} ORDER BY c.id DESC LIMIT 51
"""
PLACES = """
    (SELECT code, name FROM grids_grid WHERE code LIKE %s AND level <= %s AND is_active ORDER BY level, code LIMIT 400)
    UNION ALL
    (SELECT d.id::text, d.name FROM grids_department d JOIN grids_grid g ON g.id = d.grid_id
     WHERE g.code LIKE %s AND d.is_active ORDER BY g.level, d.code LIMIT 200)
"""
SAVED = "SELECT name, query FROM cases_savedfilter WHERE owner_id = %s"
KINDS = "SELECT code, name FROM cases_category ORDER BY code"
OPEN = "ended_at IS NULL"
COUNTS = {
    ("", ""): "true", ("", "overdue"): f"{OPEN} AND due_at <= %(at)s",
    ("", "today"): f"{OPEN} AND due_at > %(at)s AND due_at <= %(tonight)s",
    **{(step.value, ""): f"step = '{step.value}' AND {OPEN if step.is_open else 'ended_at IS NOT NULL'}" for step in Step},
}  # fmt: skip

PAGE = """<!doctype html><html lang="zh-hans"><head><meta charset="utf-8"><title>案件</title>
<link rel="stylesheet" href="/static/css/gov.css"></head><body><nav>{menu}</nav><main id="main"><h1>案件</h1><ul>{tabs}</ul>
<form method="get">{fields}<button>查询</button></form><table class="table"><thead><tr>{head}</tr></thead>
<tbody>{rows}</tbody></table>{pager}</main></body></html>"""
HEAD = ("案件编号", "类别", "地点与网格", "上报人", "上报时间", "环节", "承办单位", "期限")
MENU = (
    ("/", "我的工作台"),
    ("/cases/", "案件"),
    ("/grids/", "人员与网格"),
    ("/reports/monthly/", "月度数据"),
)


def handmade(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        place, level, code = _fetch(cursor, PLACE, [request.user.pk, NOW, NOW])[0]
        column, before = PATH_COLUMN[level], request.GET.get("before")
        sql = ROWS.format(column=column, beyond="AND c.id < %s" if before else "")
        rows = _fetch(cursor, sql, [place, int(before)] if before else [place])
        if request.GET.get("plain"):
            return HttpResponse(_page("", "", rows[:50], ""))
        tabs = [(step.value if step else "", due) for step, due, _label in TABS]
        tonight = NOW.replace(hour=23, minute=59)
        asked = ", ".join(
            f"(SELECT count(*) FROM (SELECT id FROM cases_case WHERE {column} = %(place)s AND {COUNTS[tab]} LIMIT 1001) x)"
            for tab in tabs
        )
        (counts,) = _fetch(cursor, f"SELECT {asked}", {"place": place, "at": NOW, "tonight": tonight})
        places = _fetch(cursor, PLACES, [f"{code}%", level + 2, f"{code}%"])
        saved = _fetch(cursor, SAVED, [request.user.pk])
        kinds = _fetch(cursor, KINDS, [])
    shown = "".join(
        f'<li><a href="?step={step}&amp;due={due}">{label} {min(n, 1000)}</a></li>'
        for (step, due, label), n in zip(TABS, counts, strict=True)
    )
    lists = (places, kinds, saved, Step.choices, Ledger.choices, Channel.choices, Severity.choices)
    fields = '<input name="q">' + "".join(f"<select>{_options(choices)}</select>" for choices in lists)
    cursor_after = encode(Direction.NEXT, {"id": rows[49][0]}, ("-id",)) if len(rows) > 50 else ""
    return HttpResponse(_page(shown, fields, rows[:50], f'<a href="?cursor={cursor_after}">下一页</a>'))


def _fetch(cursor: Any, sql: str, params: Any) -> list[tuple[Any, ...]]:
    cursor.execute(sql, params)
    return cursor.fetchall()


def _options(choices: Any) -> str:
    return "".join(
        f'<option value="{escape(str(value))}">{escape(str(label))}</option>' for value, label in choices
    )


def _page(tabs: str, fields: str, rows: list[tuple[Any, ...]], pager: str) -> str:
    return PAGE.format(
        menu="".join(f'<a href="{url}">{label}</a>' for url, label in MENU), tabs=tabs, fields=fields,
        head="".join(f"<th>{name}</th>" for name in HEAD), rows="".join(map(_row, rows)), pager=pager,
    )  # fmt: skip


def _row(row: tuple[Any, ...]) -> str:
    pk, number, kind, severity, where, who, reported, step, holder, due, ended, on_time, *marks = row
    urgent = '<span class="chip">紧急</span>' if severity in ("urgent", "major") else ""
    bad = "".join(f'<span class="chip">{n}</span>' for n in marks if n)
    return (
        f'<tr><td><input type="checkbox" value="{pk}"></td><th><a href="/cases/{pk}/">{escape(number)}</a></th>'
        f"<td>{escape(kind)}{urgent}{bad}</td><td>{escape(where)}</td><td>{escape(who or '—')}</td><td>{reported}</td>"
        f'<td><span class="chip chip-{step}">{Step(step).label}</span></td><td>{escape(holder or "—")}</td>'
        f"<td>{_due(due, ended, on_time)}</td></tr>"
    )


def _due(due: datetime | None, ended: datetime | None, on_time: bool | None) -> str:
    if ended:
        return "按期" if on_time else "—" if on_time is None else "逾期办结"
    if due is None:
        return "—"
    return f"逾期 {(NOW - due).days} 天" if due <= NOW else f"剩 {(due - NOW).days} 天 {due:%m-%d}"


urlpatterns = [path("raw/", handmade)]
