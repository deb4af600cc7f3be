"""Ledgers under way, and how a community's ledgers were read before."""

from datetime import datetime

from django.db.models import QuerySet

from grids.enums import Level, Right
from grids.models import Grid, User
from grids.scopes import Scope

from ..models import LedgerFile, LedgerTemplate


def own_ledgers(user: User, scope: Scope, at: datetime) -> QuerySet[LedgerFile]:
    """The ledgers somebody brought, as long as they are kept and she keeps the register of their grid."""
    mine = LedgerFile.objects.of(user).kept(at).within(scope, Right.KEEP)
    return mine.select_related("grid", "check_job", "load_job").order_by("-pk")


def ledger_grids(scope: Scope) -> QuerySet[Grid]:
    """What a ledger of hers may be about: a building grid, or a community with several."""
    kept: QuerySet[Grid] = Grid.objects.within(scope, Right.KEEP).active()
    return kept.filter(level__in=[Level.COMMUNITY, Level.BUILDING]).order_by("code")


def remembered(ledger: LedgerFile, fingerprint: str) -> dict[int, str] | None:
    """How the last ledger of the community with the same titles was read."""
    found = LedgerTemplate.objects.filter(community=ledger.community_id, fingerprint=fingerprint).first()
    return {int(column): name for column, name in found.mapping.items()} if found else None
