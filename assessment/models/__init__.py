from .reviews import Charge, Review, ReviewEvent

__all__ = ["Charge", "Review", "ReviewEvent"]
