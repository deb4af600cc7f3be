"""How much of a person this reader sees without asking: the one place that decides it (reference.md D7).

Everybody sees masks. Post-holders of the same building grid see a wider one of the ID number, because they
tell two people of one name apart at the door. Of a child under fourteen others than her own community see
nothing but a star.
"""

from dataclasses import dataclass
from datetime import date

from gridgov.kit.masking import STAR, Kind
from gridgov.kit.sealing import Sealed
from grids.scopes import Scope

from ..enums import Field
from ..models import Resident

NOTHING = "—"
GUARDED = STAR * 3


@dataclass(frozen=True)
class Reader:
    """Who reads, and on which day."""

    scope: Scope
    today: date

    @property
    def places(self) -> frozenset[int]:
        return frozenset(post.grid_id for post in self.scope.posts if post.grid_id)

    def is_near(self, resident: Resident) -> bool:
        """Whether she holds a post in the very building grid."""
        return resident.building_id in self.places

    def is_at_home(self, resident: Resident) -> bool:
        """Whether she holds a post in the building grid or its community."""
        return bool({resident.building_id, resident.community_id} & self.places)

    def knows_groups_of(self, resident: Resident) -> bool:
        """Whether the files of this person exist for her at all: those of a child only in its own community."""
        return not resident.is_child(self.today) or self.is_at_home(resident)

    def sees(self, resident: Resident, field: Field) -> str:
        """A personal value as this reader sees it."""
        value: Sealed | None = getattr(resident, field)
        if value is None:
            return NOTHING
        if resident.is_child(self.today) and not self.is_at_home(resident):
            return GUARDED
        if field == Field.ID_NUMBER and self.is_near(resident):
            return value.masked(Kind.ID_NUMBER_NEAR)
        return str(value)
