"""People who exist only to be looked for: wherever one of their values shows in full, something leaks."""

import base64
import html
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote
from uuid import uuid4
from zipfile import BadZipFile, ZipFile

from residents import actions
from residents.enums import Change, OrganisationKind, PremisesKind, Relation
from residents.models import Household, Organisation, Premises, Resident

from .people import id_number

GIVEN = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"
BIRTHS = ("19850615", "20200301", "19400101", "19991231")  # the second of each four is a child


@dataclass(frozen=True)
class Sentinel:
    """One invented person with everything the register keeps sealed."""

    number: int

    @property
    def name(self) -> str:
        first, second = divmod(self.number, len(GIVEN))
        return f"暗{GIVEN[first]}鑫{GIVEN[second]}"

    @property
    def id_number(self) -> str:
        return id_number(BIRTHS[self.number % 4], 100 + self.number)

    @property
    def phone(self) -> str:
        return f"199{53124687 + 7919 * self.number}"  # no row number or date looks like it

    @property
    def address(self) -> str:
        return f"郑州市暗访区暗巷{self.number + 7000}号楼9单元90{self.number:03}"

    @property
    def owner(self) -> str:
        return f"房{self.name}"

    @property
    def keeper(self) -> str:
        return f"店{self.name}"

    @property
    def office_phone(self) -> str:
        return f"198{64238791 + 7919 * self.number}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What may stand nowhere: the values, and the parts of them that the masks hide."""
        return (
            self.name[1:], self.id_number, self.id_number[1:16], self.id_number[6:14] + self.id_number[14:17],
            self.phone, self.office_phone, self.address, self.address[-8:], self.phone[1:9],
        )  # fmt: skip


def settle(grid, post, at, how_many: int) -> list[Sentinel]:
    """The sentinels move into one building: each with a dwelling of its own, a shop and a company."""
    house = actions.register_building(grid, house_no="77", name="暗里", by=post, at=at)
    people = [Sentinel(number) for number in range(how_many)]
    for each in people:
        home = _home(house, each, post, at)
        facts = {
            "name": each.name, "former_name": f"曾{each.name}",
            "id_number": each.id_number, "phone": each.phone, "registered_address": each.address,
        }  # fmt: skip
        she = actions.register(
            home, relation=Relation.HEAD, on=date(2026, 1, 1), by=post, at=at, key=uuid4(), facts=facts
        )
        _go_on(she, each, post, at)
        _work(grid, each, post, at)
    return people


def _home(house, each: Sentinel, post, at) -> Household:
    dwelling = actions.register_dwelling(
        house, unit_no="1", room_no=str(101 + each.number), owner_name=each.owner, owner_phone=each.office_phone,
        by=post, at=at,
    )  # fmt: skip
    return actions.open_household(dwelling, on=date(2026, 1, 1), by=post, at=at)


def _go_on(she: Resident, each: Sentinel, post, at) -> None:
    """What happens to people: a correction, a move away, a death."""
    actions.correct(she, by=post, at=at, key=uuid4(), facts={"phone": each.phone})
    fate = {5: Change.MOVE_OUT, 6: Change.DIE}.get(each.number)
    if fate:
        actions.leave(she, change=fate, on=date(2026, 2, 1), by=post, at=at, key=uuid4())


def _work(grid, each: Sentinel, post, at) -> None:
    facts = {"name": f"商店{each.number}", "kind": PremisesKind.SHOP, "address": "平安里"}
    actions.register_premises(grid, keeper=each.keeper, phone=each.office_phone, by=post, at=at, **facts)
    facts = {"name": f"公司{each.number}", "kind": OrganisationKind.COMPANY}
    actions.register_organisation(
        grid, representative=each.keeper, phone=each.office_phone, by=post, at=at, **facts
    )
    assert Premises.objects.exists() and Organisation.objects.exists()


class Watch:
    """Looks for the sentinels in texts and bytes, in every spelling in which a text lies in a file or a table."""

    def __init__(self, people: Iterable[Sentinel]) -> None:
        people = list(people)
        secrets = {secret for each in people for secret in each.secrets}
        self.spelt = {form: secret for secret in secrets for form in _spellings(secret)}
        # Six digits turn up in hashes by chance: they count where no hash goes on beside them.
        self.middles = re.compile(
            rf"(?<![0-9a-fA-F])(?:{'|'.join(each.phone[3:9] for each in people)})(?![0-9a-fA-F])"
        )

    def found(self, text: str, echo: str = "") -> set[str]:
        """What shows; `echo` is what the reader has typed herself, where a form shows it to her again."""
        told = _without(text, echo)
        shown = {secret for form, secret in self.spelt.items() if form in told}
        return shown | set(self.middles.findall(told))

    def found_in_file(self, content: bytes) -> set[str]:
        """In a workbook, in its parts; in anything else as it lies."""
        return {hit for text in _parts(content) for hit in self.found(text)}


def _spellings(secret: str) -> Iterator[str]:
    raw = secret.encode()
    yield from (secret, quote(secret), raw.hex(), raw.hex().upper(), html.escape(secret))
    yield secret.encode("unicode_escape").decode()
    yield base64.b64encode(raw).decode().rstrip("=")[: len(raw) * 4 // 3]


def _without(text: str, echo: str) -> str:
    if not echo:
        return text
    return text.replace(f'value="{html.escape(echo)}"', "")


def _parts(content: bytes) -> Iterator[str]:
    try:
        with ZipFile(io.BytesIO(content)) as package:
            for name in package.namelist():
                yield package.read(name).decode(errors="replace")
    except BadZipFile:
        yield content.decode(errors="replace")
