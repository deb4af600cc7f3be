"""What the workers do for the registers; each finds its work in the database, whoever nudged."""

from .exports import run_exports
from .ledgers import clear_expired_ledgers, run_ledgers

__all__ = ["clear_expired_ledgers", "run_exports", "run_ledgers"]
