"""The life of every case as rows for COPY: reported over three years, nine in a thousand still open.

How long each stage takes is drawn; where the city's clock stands decides how far the case has come, so
the open ones are those of the last weeks, as in a real street. The hashes of events are placeholders: the
rules about them are tested elsewhere, here only their size matters.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any

from cases.rules import numbers
from grids.enums import Role
from grids.rules.workdays import WorkCalendar, due_date, end_of

from .city import NOW, SHANGHAI, weights
from .people import Kind, Seat, Staff
from .words import Composer

SEED = 20261120
DAYS = 3 * 365
# Older cases keep no events: no report of this bench reaches back further.
EVENTS_SINCE = NOW - timedelta(days=366)
MEAN_HANDLING = 8.4  # days; with it about 0.9 % are open
CHANNELS = ("patrol",) * 11 + ("diary",) * 3 + ("hotline_12345",) * 3 + ("resident", "wechat", "surveillance")

CASE = (
    "id", "number", "version", "step", "category_id", "ledger", "channel", "external_id", "text", "place", "house_no",
    "unit_no", "search_text", "reporter_id", "reporter_post_id", "reported_at", "accepted_at", "ended_at", "due_at",
    "is_provisional", "holder_grid_id", "holder_department_id", "holder_post_id", "department_id", "returns", "reworks",
    "reopenings", "step_since", "on_time", "evaluation", "grid_id", "building_id", "community_id", "street_id", "district_id",
    "expiries", "grade", "concern", "origin",
)  # fmt: skip
EVENT = (
    "case_id", "seq", "action", "step_before", "step_after", "at", "actor_id", "post_id", "note", "data", "category_id",
    "holder_grid_id", "holder_department_id", "holder_post_id", "due_at", "on_time", "hash",
)  # fmt: skip
ASSIGNMENT = (
    "id", "case_id", "part", "round", "grid_id", "department_id", "post_id", "instruction", "limit_amount", "limit_unit",
    "extended",
    "clock_from", "calendar_version", "due_at", "is_provisional", "sign_due_at", "assigned_at", "signed_at",
    "signed_by_id", "fed_back_at", "fed_back_by_id", "result", "on_time", "outcome", "ended_at",
)  # fmt: skip
DEADLINE = (
    "case_id", "assignment_id", "kind", "round", "due_at", "is_provisional", "calendar_version", "state", "attempts",
    "last_error",
)  # fmt: skip

# The usual way of a case, stage by stage: action, step it leads to.
WAY = (
    ("report", "reported"), ("assign", "assigned"), ("sign", "handling"), ("feed_back", "fed_back"),
    ("pass", "verified"), ("close", "closed"),
)  # fmt: skip
HOUR, DAY = 3600.0, 86400.0


@dataclass
class Spot:
    """Where something happens: the path of keys, and who works there."""

    building: int | None
    community: int
    street: int
    district: int
    community_name: str
    short_name: str
    leader: Seat
    dispatcher: Seat
    direct: Seat
    code: str


@dataclass
class Rows:
    """What a batch of lives adds to each table, line by line in COPY's text form."""

    case: list[str] = field(default_factory=list)
    event: list[str] = field(default_factory=list)
    assignment: list[str] = field(default_factory=list)
    deadline: list[str] = field(default_factory=list)


@dataclass
class Move:
    """One event to be: when, what, where it led, who did it."""

    at: float
    action: str
    step: str
    by: Seat


class Author:
    """Writes the lives of so many cases, in the order in which they were reported."""

    def __init__(self, cases: int, staff: Staff, kinds: list[Kind], calendar: WorkCalendar) -> None:
        self.cases, self.staff, self.kinds, self.calendar = cases, staff, kinds, calendar
        self.rng = Random(SEED)
        self.words = Composer(self.rng)
        self.buildings = sorted(code for code in staff.grids if len(code) == 15)
        self.weights = weights(self.buildings)
        self.spots: dict[str, Spot] = {}
        self.series: dict[str, int] = {}
        self.due_of: dict[tuple[int, int], float] = {}
        self.now = NOW.timestamp()
        self.events_since = EVENTS_SINCE.timestamp()
        self.assignments = 0

    def batches(self, size: int) -> Iterator[Rows]:
        for begin in range(0, self.cases, size):
            count = min(size, self.cases - begin)
            places = self.rng.choices(self.buildings, cum_weights=self.weights, k=count)
            kinds = self.rng.choices(self.kinds, k=count)
            rows = Rows()
            for offset in range(count):
                self._live(begin + offset + 1, self._spot(places[offset]), kinds[offset], rows)
            yield rows

    def _spot(self, code: str) -> Spot:
        if code not in self.spots:
            grids, seats = self.staff.grids, self.staff.seats
            self.spots[code] = Spot(
                grids[code], grids[code[:12]], grids[code[:9]], grids[code[:6]], self.staff.names[code[:12]],
                self.staff.names[code[:9]].removesuffix("街道"), seats[code, Role.GRID_LEADER],
                seats[code[:9], Role.DISPATCHER], seats[code[:12], Role.COMMUNITY_DIRECT], code,
            )  # fmt: skip
        return self.spots[code]

    def _reported_at(self, pk: int) -> float:
        """Evenly over the years and over the hours people are awake, in the order of the keys."""
        begin = self.now - DAYS * DAY
        day, part = divmod((pk - 1) / self.cases * DAYS, 1)
        return min(begin + (day + 0.9 * part) * DAY, self.now - 60)

    def _live(self, pk: int, spot: Spot, kind: Kind, rows: Rows) -> None:
        rng, began = self.rng, self._reported_at(pk)
        unit_grid, unit_department, holder = self._unit(spot, kind)
        moves = self._moves(began, spot, holder)
        done = [move for move in moves if move.at <= self.now]
        last = done[-1]
        assigned = next((move.at for move in reversed(done) if move.action == "assign"), None)
        due = self._due(kind, assigned) if assigned else None
        fed_back = next((move.at for move in reversed(done) if move.action == "feed_back"), None)
        on_time = None if fed_back is None or due is None else fed_back < due
        is_over = last.step in ("closed", "declined", "withdrawn")
        in_work = last.step in ("assigned", "handling")
        is_building = rng.random() < 0.9
        words = self._words(pk, spot, kind, began)
        claimed = last.step == "reported" and rng.random() < 0.2
        holder_post = holder.post if in_work else spot.dispatcher.post if claimed else None
        building = spot.building if is_building else None
        passed = on_time if last.step in ("verified", "closed") else None
        rows.case.append(_line(
            pk, words.number, len(done), last.step, kind.pk, kind.ledger, words.channel, words.external, words.text,
            words.place, words.house, words.unit, words.search, spot.leader.user, spot.leader.post, _time(began),
            _time(done[1].at) if assigned and len(done) > 1 else None, _time(last.at) if is_over else None,
            None if is_over else _time(due), False, unit_grid if in_work else spot.street,
            unit_department if in_work else None, holder_post, unit_department if assigned else None,
            sum(m.action == "return" for m in done), sum(m.action == "fail" for m in done), 0, _time(last.at), passed,
            "good" if last.step == "closed" else "", building or spot.community, building, spot.community, spot.street,
            spot.district, 0, "", "", "",
        ))  # fmt: skip
        if began >= self.events_since or not is_over:
            self._events(pk, spot, kind, (unit_grid, unit_department, holder), done, due, on_time, rows)
        if not is_over and assigned and last.step != "reported":
            self._assignment(pk, kind, (unit_grid, unit_department, holder), done, due, on_time, rows)

    def _unit(self, spot: Spot, kind: Kind) -> tuple[int | None, int | None, Seat]:
        """Who handles it: the community, or the department that the category names."""
        staff = self.staff
        department = staff.departments.get((spot.code[:9], kind.duty)) or staff.departments.get(
            (spot.code[:6], kind.duty)
        )
        if department is None or (kind.admitted and self.rng.random() < 0.4):
            return spot.community, None, spot.direct
        return None, department, staff.department_seats[department]

    def _moves(self, began: float, spot: Spot, holder: Seat) -> list[Move]:
        """Everything that would ever happen to the case, whatever the clock says."""
        rng, at = self.rng, began
        moves = [Move(at, "report", "reported", spot.leader)]
        fate = rng.random()
        at += rng.expovariate(1 / (4 * HOUR))
        if fate < 0.04:
            ended = (
                ("decline", "declined", spot.dispatcher)
                if fate < 0.03
                else ("withdraw", "withdrawn", spot.leader)
            )
            return [*moves, Move(at, *ended)]
        moves.append(Move(at, "assign", "assigned", spot.dispatcher))
        if fate < 0.08:
            at += rng.expovariate(1 / (8 * HOUR))
            moves.append(Move(at, "return", "reported", holder))
            at += rng.expovariate(1 / (4 * HOUR))
            moves.append(Move(at, "assign", "assigned", spot.dispatcher))
        at += rng.expovariate(1 / (6 * HOUR))
        moves.append(Move(at, "sign", "handling", holder))
        at += rng.expovariate(1 / (MEAN_HANDLING * DAY))
        moves.append(Move(at, "feed_back", "fed_back", holder))
        if fate > 0.97:
            at += rng.expovariate(1 / DAY)
            moves.append(Move(at, "fail", "handling", spot.dispatcher))
            at += rng.expovariate(1 / (2 * DAY))
            moves.append(Move(at, "feed_back", "fed_back", holder))
        for action, step in WAY[4:]:
            at += rng.expovariate(1 / (8 * HOUR))
            moves.append(Move(at, action, step, spot.dispatcher))
        return moves

    def _due(self, kind: Kind, assigned: float) -> float:
        if not kind.days:
            return assigned + kind.hours * HOUR
        day = int((assigned + 8 * HOUR) // DAY)
        known = self.due_of.get((day, kind.days))
        if known is None:
            local = datetime.fromtimestamp(assigned, SHANGHAI).date()
            known = self.due_of[day, kind.days] = end_of(
                due_date(self.calendar, local, kind.days)
            ).timestamp()
        return known

    def _words(self, pk: int, spot: Spot, kind: Kind, began: float) -> "Words":
        rng = self.rng
        prefix = numbers.prefix(spot.short_name, datetime.fromtimestamp(began, SHANGHAI).date())
        running = self.series[prefix] = self.series.get(prefix, 0) + 1
        channel = rng.choice(CHANNELS)
        external = f"SZ{pk:09}" if channel == "hotline_12345" else ""
        number, text, place = numbers.number(prefix, running), self.words.text(), self.words.place()
        house, unit = f"{rng.randrange(1, 40)}号楼", f"{rng.randrange(1, 7)}单元"
        search = " ".join((number, kind.name, text, f"{place} {house} {unit}", external)).strip()
        return Words(number, channel, external, text, place, house, unit, search)

    def _events(
        self, pk: int, spot: Spot, kind: Kind, unit: tuple[int | None, int | None, Seat], done: list[Move],
        due: float | None, on_time: bool | None, rows: Rows,
    ) -> None:  # fmt: skip
        grid, department, holder = unit
        before = ""
        for seq, move in enumerate(done, start=1):
            held = move.step in ("assigned", "handling")
            is_over = move.step in ("closed", "declined", "withdrawn")
            verdict = on_time if move.action in ("feed_back", "pass", "close") else None
            rows.event.append(_line(
                pk, seq, move.action, before, move.step, _time(move.at), move.by.user, move.by.post,
                "已按要求处理完毕。" if move.action == "feed_back" else "",
                f'{{"channel": "patrol", "unit": "{spot.community_name}"}}', kind.pk, grid if held else spot.street,
                department if held else None, holder.post if held else None,
                None if is_over or seq == 1 else _time(due), verdict,
                "\\\\x" + sha256(b"%d/%d" % (pk, seq)).hexdigest(),
            ))  # fmt: skip
            before = move.step

    def _assignment(
        self, pk: int, kind: Kind, unit: tuple[int | None, int | None, Seat], done: list[Move],
        due: float | None, on_time: bool | None, rows: Rows,
    ) -> None:  # fmt: skip
        grid, department, holder = unit
        self.assignments += 1
        at = {move.action: move.at for move in done}
        last = done[-1]
        assigned, signed = at["assign"], at.get("sign")
        is_done = last.step == "verified"
        rows.assignment.append(_line(
            self.assignments, pk, "lead", 1 + ("return" in at), grid, department, holder.post, "", kind.days or kind.hours,
            "working_days" if kind.days else "hours", 0, _time(assigned), self.calendar.version, _time(due), False,
            _time(assigned + 10 * HOUR), _time(assigned), _time(signed), holder.user if signed else None,
            _time(at.get("feed_back")), holder.user if "feed_back" in at else None,
            "已按要求处理完毕。" if "feed_back" in at else "", on_time,
            "done" if is_done else "open", _time(at["pass"]) if is_done else None,
        ))  # fmt: skip
        pending = {"sign": not signed, "expiry": last.step in ("assigned", "handling")}
        for kind_, moment in (("sign", assigned + 10 * HOUR), ("expiry", due)):
            state = "pending" if pending[kind_] else "cancelled"
            rows.deadline.append(
                _line(
                    pk, self.assignments, kind_, 1, _time(moment), False, self.calendar.version, state, 0, ""
                )
            )


@dataclass(slots=True)
class Words:
    number: str
    channel: str
    external: str
    text: str
    place: str
    house: str
    unit: str
    search: str


def _time(moment: float | None) -> str | None:
    """COPY reads seconds since 1970 nowhere, so the moment is written out, in UTC and to the second."""
    return None if moment is None else f"{datetime.fromtimestamp(int(moment), UTC):%Y-%m-%d %H:%M:%S+00}"


def _line(*values: Any) -> str:
    """One row in COPY's text form. Nothing generated here needs escaping."""
    return "\t".join("\\N" if value is None else str(value) for value in values) + "\n"
