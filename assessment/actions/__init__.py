from .reviews import ReviewRefused, appeal, decide, open_review, rule, speak

__all__ = ["ReviewRefused", "appeal", "decide", "open_review", "rule", "speak"]
