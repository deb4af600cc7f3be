"""Every change of this room, one function per verb."""

from .hints import HintRefused, look_at

__all__ = ["HintRefused", "look_at"]
