from .hints import HintLook

__all__ = ["HintLook"]
