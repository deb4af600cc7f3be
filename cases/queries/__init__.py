from .permits import acting_post, facts_of, offers, open_lead, post_for

__all__ = ["acting_post", "facts_of", "offers", "open_lead", "post_for"]
