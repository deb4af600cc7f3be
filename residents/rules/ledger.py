"""One row of a household ledger as a person wrote it: what it says, and what in it cannot be (domain.md §6).

A ledger comes as texts by field. Each row either becomes a `Person` or says at which field it fails; what
only shows among several rows (two heads behind one door) is found last.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from ..enums import Arrival, Education, Marriage, Occupation, Politics, Registration, Relation, Sex
from . import identity

Read = Callable[[str], date | None]  # how a text names a day; raises ValueError


class Fault(Enum):
    """What is wrong with a cell."""

    MISSING = auto()
    TOO_LONG = auto()
    GRID = auto()
    NAME_SIGNS = auto()
    NUMBER_LENGTH = auto()
    NUMBER_SIGNS = auto()
    NUMBER_BIRTH = auto()
    NUMBER_FUTURE = auto()
    NUMBER_CHECK = auto()
    NUMBER_TWICE = auto()
    PHONE = auto()
    CHOICE = auto()
    DAY = auto()
    DAY_AHEAD = auto()
    DAY_DIFFERS = auto()
    SEX_DIFFERS = auto()
    TWO_HEADS = auto()
    NO_HEAD = auto()
    HEAD_ELSEWHERE = auto()
    ELSEWHERE = auto()
    HAS_LEFT = auto()


OF_NUMBER = {
    identity.Fault.LENGTH: Fault.NUMBER_LENGTH,
    identity.Fault.SIGNS: Fault.NUMBER_SIGNS,
    identity.Fault.BIRTH: Fault.NUMBER_BIRTH,
    identity.Fault.FUTURE: Fault.NUMBER_FUTURE,
    identity.Fault.CHECK: Fault.NUMBER_CHECK,
}
# field              at most characters; what lies sealed is measured, too
LONGEST = {
    "house_name": 60, "house_no": 20, "unit_no": 20, "room_no": 20, "household_no": 20, "name": 40,
    "former_name": 40, "registered_address": 120, "native_place": 40, "job": 40, "employer": 80, "note": 200,
    "head_name": 40,
}  # fmt: skip
TEXTS = ("name", "former_name", "registered_address", "native_place", "job", "employer", "note")
NEEDED = ("house_no", "room_no", "name")
PERSONAL = ("name", "former_name", "id_number", "phone", "registered_address")
PLAIN = (
    "sex",
    "birth_date",
    "relation",
    "registration",
    "native_place",
    "marriage",
    "education",
    "politics",
    "occupation",
    "job",
    "employer",
    "arrival_reason",
    "permit_until",
    "note",
)

# How people write what the national tables have codes for. The label and the code itself always count.
# fmt: off
WORDS: dict[str, dict[str, str]] = {
    "relation": {
        Relation.HEAD: "户主 本人 本人或户主", Relation.SPOUSE: "配偶 妻 妻子 夫 丈夫 爱人",
        Relation.SON: "子 儿子 长子 次子 三子 独生子",
        Relation.DAUGHTER: "女 女儿 长女 次女 三女 独生女", Relation.GRANDCHILD: "孙子 孙女 外孙子 外孙 外孙女 孙子女",
        Relation.PARENT: "父母 父亲 母亲 父 母 公公 婆婆 岳父 岳母",
        Relation.GRANDPARENT: "祖父 祖母 外祖父 外祖母 爷爷 奶奶 姥爷 姥姥 祖父母",
        Relation.SIBLING: "兄弟姐妹 哥哥 弟弟 姐姐 妹妹 兄 弟 姐 妹",
        Relation.OTHER: "其他 儿媳 女婿 租客 承租人 保姆 亲属 非亲属",
    },
    "sex": {Sex.MALE: "男 男性", Sex.FEMALE: "女 女性", Sex.UNKNOWN: "未知", Sex.UNSTATED: "未说明"},
    "registration": {
        Registration.SAME: "人户一致 一致 户籍 常住", Registration.ELSEWHERE: "人户分离 不一致 空挂户",
        Registration.FLOATING: "流动 流动人口 外来 暂住 租住", Registration.ABROAD: "境外 境外人员 外籍",
    },
    "marriage": {
        Marriage.SINGLE: "未婚", Marriage.MARRIED: "已婚", Marriage.FIRST: "初婚", Marriage.REMARRIED: "再婚",
        Marriage.RESUMED: "复婚", Marriage.WIDOWED: "丧偶", Marriage.DIVORCED: "离婚 离异", Marriage.UNSTATED: "未说明",
    },
    "education": {
        Education.GRADUATE: "研究生 硕士 博士", Education.UNIVERSITY: "大学本科 本科 大学",
        Education.COLLEGE: "大学专科 大专 专科",
        Education.VOCATIONAL: "中等职业 中专 中职 技校 职高", Education.SENIOR: "普通高中 高中", Education.JUNIOR: "初中",
        Education.PRIMARY: "小学", Education.OTHER: "其他 文盲 学龄前 未上学",
    },
    "politics": {
        Politics.PARTY: "中共党员 党员", Politics.PROBATIONARY: "中共预备党员 预备党员", Politics.LEAGUE: "共青团员 团员",
        Politics.RCCK: "民革 民革党员", Politics.LEAGUE_DEMOCRATIC: "民盟 民盟盟员", Politics.CONSTRUCTION: "民建 民建会员",
        Politics.PROMOTING: "民进 民进会员", Politics.PEASANTS: "农工党 农工党党员", Politics.ZHIGONG: "致公党 致公党党员",
        Politics.JIUSAN: "九三学社 九三学社社员", Politics.TAIWAN: "台盟 台盟盟员", Politics.NONE: "无党派 无党派人士",
        Politics.MASSES: "群众",
    },
    "occupation": {
        Occupation.LEADING: "单位负责人 企事业单位负责人 负责人", Occupation.PROFESSIONAL: "专业技术人员 专业技术",
        Occupation.CLERICAL: "办事人员和有关人员 办事人员",
        Occupation.SERVICE: "社会生产服务和生活服务人员 商业服务业人员 商业服务",
        Occupation.FARMING: "农林牧渔业生产及辅助人员 农林牧渔 务农",
        Occupation.MANUFACTURING: "生产制造及有关人员 生产制造 生产运输人员",
        Occupation.MILITARY: "军队人员 军人", Occupation.OTHER: "不便分类的其他从业人员 其他从业人员 其他",
    },
    "arrival_reason": {
        Arrival.WORK: "务工 打工", Arrival.FARM: "务农", Arrival.TRADE: "经商 做生意", Arrival.SERVE: "服务",
        Arrival.DUTY: "因公出差 出差", Arrival.STUDY: "借读培训 上学 借读 培训", Arrival.HEALTH: "治病疗养 看病 疗养",
        Arrival.NANNY: "保姆", Arrival.JOIN: "投靠亲友 投亲 随迁", Arrival.VISIT: "探亲访友 探亲",
        Arrival.TRAVEL: "旅游观光 旅游", Arrival.OTHER: "其他",
    },
}
# fmt: on
CODES = {
    name: {word: str(code) for code, words in of.items() for word in (str(code), *words.split())}
    for name, of in WORDS.items()
}


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault, where it stands, and the words its sentence needs."""

    line: int
    field: str
    fault: Fault
    said: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """One row, understood. `facts` are fields of a resident; those the ledger does not speak of are missing."""

    line: int
    door: tuple[str, str, str, str]  # courtyard, building, unit, room
    household_no: str
    facts: dict[str, object]
    since: date | None = None
    head_name: str = ""
    place: str = ""  # the grid, where a ledger covers several

    @property
    def home(self) -> tuple[str, ...]:
        """What tells households apart: the door, and their number behind it where the ledger has one."""
        return (*self.door, self.household_no)

    @property
    def is_head(self) -> bool:
        return self.facts.get("relation") == Relation.HEAD


@dataclass
class Ledger:
    """Rows that were understood, and everything that was not."""

    people: list[Person] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    spoilt: set[tuple[str, ...]] = field(default_factory=set)  # homes of which a row was not understood


def read(rows: Iterable[tuple[int, Mapping[str, str]]], today: date, day: Read) -> Ledger:
    """Every row with its number; fields as texts, narrow and without stray spaces."""
    ledger = Ledger()
    for line, texts in rows:
        found = _Row(line, texts, today, day)
        person = found.person()
        ledger.problems += found.problems
        if found.problems:
            ledger.spoilt.add((person.place, *person.home))
        else:
            ledger.people.append(person)
    ledger.problems += _among(ledger.people)
    return ledger


class _Row:
    """One row while it is being understood."""

    def __init__(self, line: int, texts: Mapping[str, str], today: date, day: Read) -> None:
        self.line, self.texts, self.today, self.day = line, texts, today, day
        self.problems: list[Problem] = []

    def person(self) -> Person:
        for name in NEEDED:
            if not self.texts.get(name):
                self._fault(name, Fault.MISSING)
        for name, most in LONGEST.items():
            if len(self.texts.get(name, "")) > most:
                self._fault(name, Fault.TOO_LONG, str(most))
        if _is_number(self.texts.get("name", "")):
            self._fault("name", Fault.NAME_SIGNS)
        said = self.texts.get
        return Person(
            self.line,
            (said("house_name", ""), said("house_no", ""), said("unit_no", ""), said("room_no", "")),
            said("household_no", ""),
            self._facts(),
            self._past_day("since"),
            said("head_name", ""),
            said("grid", ""),
        )

    def _facts(self) -> dict[str, object]:
        facts: dict[str, object] = {name: self.texts[name] for name in TEXTS if name in self.texts}
        for name in CODES:
            if self.texts.get(name):
                facts[name] = self._code(name)
        if "phone" in self.texts:
            facts["phone"] = self._phone()
        if "birth_date" in self.texts:
            facts["birth_date"] = self._past_day("birth_date")
        if "permit_until" in self.texts:
            facts["permit_until"] = self._day("permit_until")
        if self.texts.get("id_number"):
            facts |= self._identity(facts)
        return facts

    def _code(self, name: str) -> str:
        text = self.texts[name]
        if text not in CODES[name]:
            self._fault(name, Fault.CHOICE, text)
        return CODES[name].get(text, "")

    def _phone(self) -> str:
        text = self.texts["phone"]
        found = identity.phone(text) if text else ""
        if found is None:
            self._fault("phone", Fault.PHONE)
        return found or ""

    def _day(self, name: str) -> date | None:
        try:
            return self.day(self.texts.get(name, ""))
        except ValueError as no:
            self._fault(name, Fault.DAY, str(no))
            return None

    def _past_day(self, name: str) -> date | None:
        found = self._day(name)
        if found and found > self.today:
            self._fault(name, Fault.DAY_AHEAD)
        return found

    def _identity(self, facts: Mapping[str, object]) -> dict[str, object]:
        """The number gives birth date and sex; a ledger that says otherwise of them is wrong somewhere."""
        try:
            found = identity.identity(self.texts["id_number"], self.today)
        except identity.NumberRefused as no:
            self._fault("id_number", OF_NUMBER[no.fault])
            return {}
        if facts.get("birth_date") not in (None, found.birth_date):
            self._fault("birth_date", Fault.DAY_DIFFERS)
        if facts.get("sex") in (Sex.MALE, Sex.FEMALE) and facts["sex"] != found.sex:
            self._fault("sex", Fault.SEX_DIFFERS)
        return {"id_number": found.number, "birth_date": found.birth_date, "sex": str(found.sex)}

    def _fault(self, name: str, fault: Fault, said: str = "") -> None:
        self.problems.append(Problem(self.line, name, fault, said))


def _is_number(name: str) -> bool:
    """Whether more digits than letters stand where a name should."""
    return sum(map(str.isdigit, name)) > sum(map(str.isalpha, name))


def _among(people: list[Person]) -> list[Problem]:
    """What is wrong among rows that are each right by themselves."""
    return [*_twice(people), *_heads(people)]


def _twice(people: list[Person]) -> list[Problem]:
    """A person stands in a ledger once."""
    times = Counter(person.facts["id_number"] for person in people if "id_number" in person.facts)
    return [
        Problem(person.line, "id_number", Fault.NUMBER_TWICE)
        for person in people
        if times.get(person.facts.get("id_number"), 0) > 1
    ]


def _heads(people: list[Person]) -> list[Problem]:
    """A household has one head, who lives in it."""
    homes: dict[tuple[str, ...], list[Person]] = defaultdict(list)
    for person in people:
        homes[person.place, *person.home].append(person)
    found: list[Problem] = []
    for members in homes.values():
        heads = [person for person in members if person.is_head]
        found += [Problem(head.line, "relation", Fault.TWO_HEADS) for head in heads[1:]]
        names = {str(head.facts["name"]) for head in heads}
        found += [
            Problem(person.line, "head_name", Fault.HEAD_ELSEWHERE, person.head_name)
            for person in members
            if person.head_name and heads and person.head_name not in names
        ]
    return found
