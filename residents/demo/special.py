"""The special groups of the demo: who is in one, what her file holds, in shares as an old quarter has them.

Thousands of files, so they are written by the hundred; tests hold them to what `actions.groups` writes.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from gridgov.kit.bulk import update_rows
from grids.demo.town import clock
from grids.enums import Role
from grids.models import Post, path_of_row
from grids.rules.workdays import local_date

from ..actions.writing import note_history
from ..enums import FileChange, FileState, Risk
from ..models import GroupEvent, GroupFile, GroupType, Resident
from ..rules import rhythm
from ..rules.rhythm import Circumstances
from .people import Inventor
from .places import enter
from .staff import Staff

Details = dict[str, str]
Fits = Callable[["Person", date], bool]
CARE = (("自理", 75), ("半失能", 18), ("失能", 7))


@dataclass(frozen=True)
class Person:
    """Somebody as the draw sees her."""

    entry: Resident
    is_alone: bool

    def age(self, on: date) -> int:
        return self.entry.age(on) or 0


@dataclass
class Writer:
    """Fills in what a type asks for."""

    rng: Random
    inventor: Inventor
    today: date

    def low_income(self) -> Details:
        persons = self.rng.choice((1, 1, 2, 2, 3))
        return {
            "certificate": self._number("低保"), "category": self._one((("A类", 20), ("B类", 50), ("C类", 30))),
            "persons": str(persons), "amount": str(persons * self.rng.randrange(420, 700)),
        }  # fmt: skip

    def supported(self) -> Details:
        return {
            "certificate": self._number("特困"), "supply": self._one((("分散供养", 70), ("集中供养", 30))),
            "care": self._one(CARE),
        }  # fmt: skip

    def disabled(self) -> Details:
        kinds = (("视力", 15), ("听力", 15), ("言语", 5), ("肢体", 45), ("智力", 8), ("精神", 8), ("多重", 4))
        grades = (("一级", 8), ("二级", 17), ("三级", 35), ("四级", 40))
        return {"certificate": self._number("残"), "category": self._one(kinds), "grade": self._one(grades)}

    def old_alone(self) -> Details:
        contact, phone = self.inventor.owner()
        ill = {"illness": rhythm.YES} if self.rng.random() < 0.12 else {}
        return {"care": self._one(CARE), "contact": contact, "contact_phone": phone, **ill}

    def left_behind(self) -> Details:
        guardian, phone = self.inventor.owner()
        return {"guardian": guardian, "guardian_phone": phone}

    def frontier(self) -> Details:
        return {"place": self.rng.choice(("新疆", "青海", "黑龙江")), "subsidy": rhythm.YES}

    def corrected(self) -> Details:
        began = self.today - timedelta(days=self.rng.randrange(30, 400))
        kind = self._one((("管制", 10), ("缓刑", 75), ("假释", 10), ("暂予监外执行", 5)))
        return {
            "from_on": began.isoformat(), "until_on": (began + timedelta(days=730)).isoformat(), "kind": kind,
            "officer": self.inventor.owner()[0],
        }  # fmt: skip

    def released(self) -> Details:
        freed = self.today - timedelta(days=self.rng.randrange(60, 1500))
        return {"released_on": freed.isoformat(), "helper": self.inventor.owner()[0]}

    def _one(self, choices: tuple[tuple[str, int], ...]) -> str:
        words, weights = zip(*choices, strict=True)
        return str(self.rng.choices(words, weights)[0])

    def _number(self, kind: str) -> str:
        return f"{kind}演示{self.rng.randrange(10**6):06d}"


def _between(least: int, most: int) -> Fits:
    return lambda one, on: least <= one.age(on) <= most


def _alone_from(least: int) -> Fits:
    return lambda one, on: one.is_alone and one.age(on) >= least


# type   in a thousand  of those who                 what her file holds   the paper it rests on
KINDS: tuple[tuple[str, float, Fits, Callable[[Writer], Details], str], ...] = (
    ("DB",   20.0,      _between(18, 130),           Writer.low_income,    "低保审批表"),
    ("WB",   20.0,      _alone_from(66),             Writer.supported,     "特困供养审批表"),
    ("CJ",   34.0,      _between(6, 130),            Writer.disabled,      "残疾人证登记表"),
    ("DJ",   970.0,     _alone_from(66),             Writer.old_alone,     "独居老人摸底表"),
    ("LSET", 12.0,      _between(4, 13),             Writer.left_behind,   "留守儿童登记表"),
    ("ZB",   10.0,      _between(70, 86),            Writer.frontier,      "支边人员登记表"),
    ("SQJZ", 1.2,       _between(20, 60),            Writer.corrected,     "社区矫正接收通知书"),
    ("XMSF", 1.6,       _between(22, 64),            Writer.released,      "安置帮教衔接表"),
)  # fmt: skip

RISKS = ((Risk.LOW, 70), (Risk.MEDIUM, 22), (Risk.HIGH, 8))


@dataclass
class Files:
    """Opens the files of the demo, and remembers what each holds: nobody has to unseal it again."""

    rng: Random
    inventor: Inventor
    staff: Staff
    today: date
    known: dict[int, Circumstances] = field(default_factory=dict)  # by file

    def open_all(self) -> int:
        """Everybody in a group is proposed by her grid leader and, a day or two later, opened by the community."""
        drawn: dict[int, list[GroupFile]] = defaultdict(list)
        for file in self._drawn():
            drawn[file.grid_id].append(file)
        for files in drawn.values():
            self.write(files)
        return sum(map(len, drawn.values()))

    def write(self, files: list[GroupFile]) -> None:
        """The files of one grid, proposed and opened."""
        self._propose(files)
        self._open(files)

    def _drawn(self) -> list[GroupFile]:
        writer = Writer(self.rng, self.inventor, self.today)
        types = {type_.code: type_ for type_ in GroupType.objects.active()}
        return [
            self._file(one, types[code], tell(writer), paper)
            for one in people()
            for code, share, fits, tell, paper in KINDS
            if fits(one, self.today) and self.rng.random() < share / 1000
        ]

    def _file(self, one: Person, type_: GroupType, details: Details, paper: str) -> GroupFile:
        levels, weights = zip(*RISKS, strict=True)
        return GroupFile(
            **path_of_row(one.entry), resident=one.entry, type=type_, risk=self.rng.choices(levels, weights)[0],
            basis=f"{paper}（演示）{self.today.year}-{self.rng.randrange(10**4):04d}",
            details=json.dumps(details, ensure_ascii=False),
        )  # fmt: skip

    def _propose(self, files: list[GroupFile]) -> None:
        """A grid leader hands her list in at once."""
        at = clock(self.today + timedelta(days=1), 10, self.rng.randrange(60))
        by = self.staff.leader(files[0].grid_id, at)
        for file in files:
            file.proposed_by, file.proposed_at = by, at
        enter(files, by=by, at=at)
        self._record(files, FileChange.PROPOSED, by, at)

    def _open(self, files: list[GroupFile]) -> None:
        at = files[0].proposed_at + timedelta(days=self.rng.randrange(1, 3), hours=3)
        by = self.staff.one(files[0].community_id, Role.COMMUNITY_DIRECT, at)
        for file in files:
            file.state, file.opened_on, file.reviewed_by, file.reviewed_at = (
                FileState.OPEN,
                local_date(at),
                by,
                at,
            )
            self.known[file.pk] = circumstances(file)
            file.next_visit_due = self.next_visit(file, file.opened_on)
        update_rows(files, OPENED)
        note_history(GroupFile, [file.pk for file in files], "~", by=by, at=at)
        self._record(files, FileChange.OPENED, by, at)

    def next_visit(self, file: GroupFile, on: date) -> date:
        return rhythm.next_visit(file.type.days, Risk(file.risk), self.known[file.pk], on)

    def _record(self, files: list[GroupFile], change: FileChange, by: Post, at: datetime) -> None:
        GroupEvent.objects.bulk_create(
            GroupEvent(**path_of_row(file), file=file, change=change, at=at, by=by, key=key(self.rng))
            for file in files
        )


OPENED = ("state", "opened_on", "reviewed_by", "reviewed_at", "next_visit_due")


def key(rng: Random) -> UUID:
    """A form's key."""
    return UUID(int=rng.getrandbits(128), version=4)


def circumstances(file: GroupFile) -> Circumstances:
    assert file.opened_on is not None
    details = json.loads(file.details.open())
    return Circumstances(file.type.code, details, file.resident.age(file.opened_on), file.opened_on)


def people() -> list[Person]:
    """Everybody who lives in the register, and whether she lives alone."""
    entries = list(Resident.objects.living().order_by("pk"))
    sizes = Counter(entry.household_id for entry in entries)
    return [Person(entry, sizes[entry.household_id] == 1) for entry in entries]
