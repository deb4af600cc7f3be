from .tree import read_tree

__all__ = ["read_tree"]
