"""Who keeps house together: kinds of household in the shares of an old quarter, and the people of each."""

from datetime import date, timedelta
from typing import Any

from ..enums import Marriage, Registration, Relation
from .people import Inventor

Facts = dict[str, Any]

OWN_ELSEWHERE = 0.12  # of those who own their flat and are registered elsewhere in the city


class Homes:
    """Invents households, each as the facts of its people with the head first."""

    def __init__(self, inventor: Inventor) -> None:
        self.inventor, self.rng = inventor, inventor.rng

    def household(self) -> list[Facts]:
        kinds, shares = zip(*KINDS, strict=True)
        members: list[Facts] = self.rng.choices(kinds, shares)[0](self)
        return members

    def since(self, members: list[Facts]) -> date:
        """Since when they have lived here: tenants for a year or three, the others for long."""
        today = self.inventor.today
        if members[0]["registration"] == Registration.FLOATING:
            return today - timedelta(days=self.rng.randrange(20, 1100))
        return today - timedelta(days=self.rng.randrange(400, 8000))

    # --- one kind each ------------------------------------------------------------------------

    def old_alone(self) -> list[Facts]:
        is_woman = self.rng.random() < 0.65
        return [self._one(Relation.HEAD, self._age(66, 92), is_woman, marriage=Marriage.WIDOWED)]

    def old_couple(self) -> list[Facts]:
        return self._couple(self._age(60, 88))

    def couple(self) -> list[Facts]:
        return self._couple(self._age(26, 66))

    def single(self) -> list[Facts]:
        return [
            self._one(Relation.HEAD, self._age(23, 58), self.rng.random() < 0.5, marriage=Marriage.SINGLE)
        ]

    def one_child(self) -> list[Facts]:
        return self._with_children(1)

    def two_children(self) -> list[Facts]:
        return self._with_children(2)

    def one_parent(self) -> list[Facts]:
        is_woman = self.rng.random() < 0.75
        head = self._one(Relation.HEAD, self._age(28, 52), is_woman, marriage=Marriage.DIVORCED)
        return [head, self._child(head, head, 0)]

    def three_generations(self) -> list[Facts]:
        """Parents, children, and one or two of the grandparents."""
        members = self._with_children(self.rng.choice((1, 1, 2)))
        head = members[0]
        age = self._age_of(head) + self._age(23, 31)
        mother = self._one(Relation.PARENT, age, True)
        if self.rng.random() < 0.45:
            mother["marriage"] = Marriage.WIDOWED
            return [*members, mother]
        return [*members, mother, self._one(Relation.PARENT, age + 2, False, family=head["name"][0])]

    def tenants(self) -> list[Facts]:
        """Who has come to town for work: alone, as a couple, as a family, or sharing a flat."""
        where = Registration.FLOATING if self.rng.random() < 0.92 else Registration.ELSEWHERE
        kind = self.rng.choices(("alone", "couple", "family", "shared"), (22, 26, 34, 18))[0]
        if kind in ("alone", "shared"):
            number = 1 if kind == "alone" else self.rng.choice((2, 3, 3))
            members = [
                self._one(
                    Relation.OTHER, self._age(19, 38), self.rng.random() < 0.5, marriage=Marriage.SINGLE
                )
                for _n in range(number)
            ]
            members[0]["relation"] = Relation.HEAD
        else:
            members = self._couple(self._age(24, 44)) if kind == "couple" else self._with_children(1)
        for member in members:
            member["registration"] = where
            member["registered_address"] = self.inventor.registered_address(where)
            if where == Registration.FLOATING and member["birth_date"].year < self.inventor.today.year - 16:
                member.update(self.inventor.arrival())
        return members

    # --- what they have in common -------------------------------------------------------------

    def _with_children(self, number: int) -> list[Facts]:
        parents = self._couple(self._age(27, 57))
        return [*parents, *(self._child(parents[0], parents[1], n) for n in range(number))]

    def _couple(self, age: int) -> list[Facts]:
        husband = self._one(Relation.HEAD, age, False, marriage=Marriage.MARRIED)
        wife = self._one(Relation.SPOUSE, max(22, age - self._age(-1, 4)), True, marriage=Marriage.MARRIED)
        return [husband, wife]

    def _child(self, father: Facts, mother: Facts, place: int) -> Facts:
        age = min(30, max(0, self._age_of(mother) - self._age(23, 32) - 4 * place))
        is_girl = self.rng.random() < 0.48
        relation = Relation.DAUGHTER if is_girl else Relation.SON
        return self._one(relation, age, is_girl, family=father["name"][0], marriage=Marriage.SINGLE)

    def _one(
        self, relation: Relation, age: int, is_woman: bool, *, family: str = "", marriage: Marriage | str = ""
    ) -> Facts:
        elsewhere = self.rng.random() < OWN_ELSEWHERE
        return self.inventor.person(
            relation, age, is_woman=is_woman, family=family, marriage=marriage,
            registration=Registration.ELSEWHERE if elsewhere else Registration.SAME,
        )  # fmt: skip

    def _age(self, least: int, most: int) -> int:
        return self.rng.randint(least, most)

    def _age_of(self, facts: Facts) -> int:
        return int((self.inventor.today - facts["birth_date"]).days / 365.25)


# kind                        share in a hundred households
KINDS = (
    (Homes.old_alone,          6.5),
    (Homes.old_couple,         8.0),
    (Homes.couple,             8.0),
    (Homes.single,             6.0),
    (Homes.one_child,         23.0),
    (Homes.two_children,      10.5),
    (Homes.one_parent,         4.0),
    (Homes.three_generations, 13.5),
    (Homes.tenants,           20.5),
)  # fmt: skip
