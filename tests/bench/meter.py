"""Measuring so that a busy machine does not decide: what is compared is measured in turns, and medians are divided."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db import connection, transaction

Call = Callable[[], Any]


@dataclass(frozen=True)
class Figure:
    """One line of the table: two measured values, their ratio and what it may be."""

    budget: str
    what: str
    numerator: float
    denominator: float
    limit: float | None = None  # None: for information
    unit: str = "ms"
    is_floor: bool = False  # the ratio must reach the limit instead of staying below it
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.numerator / self.denominator if self.denominator else float("inf")

    @property
    def is_kept(self) -> bool:
        if self.limit is None:
            return True
        return self.ratio >= self.limit if self.is_floor else self.ratio <= self.limit

    @property
    def verdict(self) -> str:
        return "" if self.limit is None else "ok" if self.is_kept else "OVER"


@dataclass
class Report:
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *args: Any, **options: Any) -> Figure:
        figure = Figure(*args, **options)
        self.figures.append(figure)
        print(line(figure), flush=True)
        return figure

    def note(self, text: str) -> None:
        self.notes.append(text)
        print(f"      {text}", flush=True)

    @property
    def missed(self) -> list[Figure]:
        return [figure for figure in self.figures if not figure.is_kept]


HEADING = f"{'':5}{'what':58}{'measured':>12}{'against':>12}{'ratio':>10}{'budget':>10}"


def line(figure: Figure) -> str:
    """A line of the table: measured value, what it is divided by, ratio, budget, verdict."""
    sign = ">=" if figure.is_floor else "<="
    limit = "" if figure.limit is None else f"{sign} {_short(figure.limit)}"
    text = (
        f"{figure.budget:5}{figure.what:58}{_short(figure.numerator):>12}{_short(figure.denominator):>12}"
        f"{_short(figure.ratio):>10}{limit:>10}  {figure.verdict:4}"
    )
    return f"{text} {figure.unit}{'; ' if figure.note else ''}{figure.note}"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def in_turns(*calls: Call, rounds: int = 15, warm: int = 2) -> list[float]:
    """The median milliseconds of each call, measured one after the other, round after round."""
    for call in calls * warm:
        call()
    taken: list[list[float]] = [[] for _call in calls]
    for _round in range(rounds):
        for number, call in enumerate(calls):
            began = time.perf_counter()
            call()
            taken[number].append((time.perf_counter() - began) * 1000)
    return [median(times) for times in taken]


# --- statements --------------------------------------------------------------------------------

Statement = tuple[str, Any]


def statements(call: Call) -> list[Statement]:
    """What a call asks the database."""
    asked: list[Statement] = []

    def remember(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(remember):
        call()
    return asked


def run(statement: Statement) -> Call:
    """The statement by itself, its rows fetched."""

    def call() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(*statement)
            return cursor.fetchall()

    return call


@dataclass(frozen=True)
class Plan:
    """How the database answered."""

    ms: float
    nodes: tuple[dict[str, Any], ...]

    @property
    def indexes(self) -> set[str]:
        return {node["Index Name"] for node in self.nodes if "Index Name" in node}

    @property
    def is_index_only(self) -> bool:
        reading = [node for node in self.nodes if "Scan" in node["Node Type"]]
        return bool(reading) and all(node["Node Type"] == "Index Only Scan" for node in reading)

    @property
    def in_vain(self) -> int:
        """Rows that were read and thrown away."""
        thrown = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
        return round(
            sum(node.get(why, 0) * node.get("Actual Loops", 1) for node in self.nodes for why in thrown)
        )

    @property
    def heap_fetches(self) -> int:
        return sum(node.get("Heap Fetches", 0) for node in self.nodes)


def explain(statement: Statement) -> Plan:
    """Run the statement and say how; without clocks in every node, which would cost more than the nodes."""
    sql, params = statement
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", params)
        (answer,) = cursor.fetchone()
    top = (json.loads(answer) if isinstance(answer, str) else answer)[0]
    return Plan(top["Execution Time"], tuple(_walk(top["Plan"])))


def _walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _walk(below)


def execution(statement: Statement, rounds: int = 9) -> Plan:
    """The plan of median execution time."""
    plans = sorted((explain(statement) for _round in range(rounds)), key=lambda plan: plan.ms)
    return plans[rounds // 2]


@contextmanager
def without(indexes: Sequence[str] = (), *, settings: Sequence[str] = ()) -> Iterator[None]:
    """The database as it were without some indexes or with some ways of reading turned off."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for index in indexes:
                cursor.execute(f"DROP INDEX {index}")
            for setting in settings:
                cursor.execute(f"SET LOCAL {setting}")
        yield
        transaction.set_rollback(True)
