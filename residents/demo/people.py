"""Invented people: what a register knows of somebody, by her age, and numbers that cannot be anybody's."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from grids.demo import names

from ..enums import Arrival, Education, Marriage, Occupation, Politics, Registration, Relation, Sex
from ..rules.identity import check_digit

# Divisions that no table of GB/T 2260 has ever had: a number of theirs was given to nobody.
DIVISIONS = range(999900, 1_000_000)
# 154 is a network code that the ministry has given to no operator: nobody can be called there.
NETWORK = "154"

# born before    education and how often
SCHOOLING = (
    (1950, ((Education.PRIMARY, 50), (Education.JUNIOR, 25), (Education.SENIOR, 8), (Education.OTHER, 17))),
    (1970, ((Education.PRIMARY, 15), (Education.JUNIOR, 45), (Education.SENIOR, 25), (Education.COLLEGE, 15))),
    (1990, ((Education.JUNIOR, 25), (Education.SENIOR, 20), (Education.VOCATIONAL, 15), (Education.COLLEGE, 20),
            (Education.UNIVERSITY, 20))),
    (2100, ((Education.JUNIOR, 10), (Education.SENIOR, 15), (Education.VOCATIONAL, 15), (Education.COLLEGE, 28),
            (Education.UNIVERSITY, 28), (Education.GRADUATE, 4))),
)  # fmt: skip

# up to the age of   where a child is found by day
SCHOOLS = ((2, ""), (5, "社区幼儿园"), (11, "片区小学"), (14, "片区初中"), (17, "片区高中"))

EMPLOYERS = (
    "恒达纺织机械有限公司", "绿城通达物流有限公司", "安居物业服务有限公司", "惠民超市连锁有限公司", "鼎新建筑安装有限公司",
    "瑞和餐饮管理有限公司", "众诚汽车维修有限公司", "明泰电子商务有限公司", "康宁大药房连锁有限公司", "百顺家政服务有限公司",
    "个体经营", "灵活就业", "待业",
)  # fmt: skip

# of those who work, of those who have come from elsewhere    how often
OCCUPATIONS = (
    (Occupation.LEADING, 2), (Occupation.PROFESSIONAL, 16), (Occupation.CLERICAL, 12), (Occupation.SERVICE, 42),
    (Occupation.FARMING, 1), (Occupation.MANUFACTURING, 20), (Occupation.OTHER, 7),
)  # fmt: skip
ARRIVALS = (
    (Arrival.WORK, 62), (Arrival.TRADE, 14), (Arrival.SERVE, 9), (Arrival.JOIN, 9), (Arrival.STUDY, 3),
    (Arrival.NANNY, 2), (Arrival.HEALTH, 1),
)  # fmt: skip

FROM = (
    "周口市太康县", "商丘市柘城县", "信阳市固始县", "驻马店市上蔡县", "南阳市邓州市", "开封市兰考县", "许昌市鄢陵县",
    "濮阳市范县", "安徽省阜阳市临泉县", "山东省菏泽市曹县",
)  # fmt: skip
ELSEWHERE = ("二七区", "金水区", "管城回族区", "惠济区", "高新区", "荥阳市", "新密市")


@dataclass
class Inventor:
    """Makes one person after the other; nobody twice."""

    rng: Random
    today: date
    numbers: set[str] = field(default_factory=set)

    def person(
        self, relation: Relation, age: int, *, is_woman: bool, family: str = "",
        registration: Registration = Registration.SAME, marriage: Marriage | str = "",
    ) -> dict[str, Any]:  # fmt: skip
        """The facts of somebody, as a ledger or a form brings them."""
        born = self.birthday(age)
        facts = {
            "name": names.of_family(self.rng, family or names.surname(self.rng), is_woman),
            "id_number": self.id_number(born, is_woman),
            "sex": Sex.FEMALE if is_woman else Sex.MALE,
            "birth_date": born,
            "relation": relation,
            "registration": registration,
            "marriage": marriage or (Marriage.SINGLE if age < 23 else Marriage.MARRIED),
            "education": self.education(age, born),
            "politics": self.politics(age),
            "occupation": self.occupation(age),
            "employer": self.employer(age),
            "phone": self.phone() if age >= 12 and self.rng.random() < 0.9 else "",
        }
        if registration != Registration.SAME:
            facts["registered_address"] = self.registered_address(registration)
        return facts

    def birthday(self, age: int) -> date:
        """A day on which somebody of that age today was born."""
        return self.today - timedelta(days=age * 365 + age // 4 + self.rng.randrange(1, 360))

    def id_number(self, born: date, is_woman: bool) -> str:
        """A number with a right check digit that nobody can have: its division does not exist."""
        while True:
            series = self.rng.randrange(500) * 2 + (0 if is_woman else 1)
            first = f"{self.rng.choice(DIVISIONS)}{born:%Y%m%d}{series:03d}"
            number = first + check_digit(first)
            if number not in self.numbers:
                self.numbers.add(number)
                return number

    def phone(self) -> str:
        return f"{NETWORK}{self.rng.randrange(10**8):08d}"

    def owner(self) -> tuple[str, str]:
        """Name and phone of somebody who is known by no more than that."""
        return names.invented(self.rng), self.phone()

    def education(self, age: int, born: date) -> str:
        if age < 19:
            return ""
        choices = next(choices for before, choices in SCHOOLING if born.year < before)
        words, weights = zip(*choices, strict=True)
        return str(self.rng.choices(words, weights)[0])

    def politics(self, age: int) -> str:
        if age < 14:
            return ""
        if age < 28:
            return Politics.LEAGUE if self.rng.random() < 0.45 else Politics.MASSES
        return Politics.PARTY if self.rng.random() < 0.11 else Politics.MASSES

    def employer(self, age: int) -> str:
        for until, school in SCHOOLS:
            if age <= until:
                return school
        return self.rng.choice(EMPLOYERS) if age < 60 else "退休"

    def occupation(self, age: int) -> str:
        """Of those who work; the others have none."""
        if not 19 <= age < 60:
            return ""
        classes, weights = zip(*OCCUPATIONS, strict=True)
        return str(self.rng.choices(classes, weights)[0])

    def arrival(self) -> dict[str, Any]:
        """Why somebody has come from elsewhere, and how long she may stay."""
        reasons, weights = zip(*ARRIVALS, strict=True)
        until = self.today + timedelta(days=self.rng.randrange(-20, 365))
        return {"arrival_reason": self.rng.choices(reasons, weights)[0], "permit_until": until}

    def registered_address(self, registration: Registration) -> str:
        if registration == Registration.ELSEWHERE:
            return f"郑州市{self.rng.choice(ELSEWHERE)}某街{self.rng.randrange(1, 90)}号院"
        return f"{self.rng.choice(FROM)}某乡某村{self.rng.randrange(1, 12)}组"
