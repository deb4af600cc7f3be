"""What a process may know by itself for a short while."""

import time
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

_stores: dict[
    str, dict[str, tuple[Any, float | None]]
] = {}  # by the cache's name: every thread has the same one


class ObjectCache(BaseCache):
    """Keeps objects as they are, for reference data that every row of a list asks for.

    Django's own cache in memory pickles on the way in and unpickles at every look: a hundred times a page,
    and what an object has worked out meanwhile is lost. Here everybody gets the very same object, so only
    what nobody changes belongs in it. It holds a handful of things and never throws one out before its time.
    """

    def __init__(self, name: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.store = _stores.setdefault(name, {})

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        value, until = self.store.get(self.make_and_validate_key(key, version=version), (default, None))
        return default if until is not None and until <= time.time() else value

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self.store[self.make_and_validate_key(key, version=version)] = (
            value,
            self.get_backend_timeout(timeout),
        )

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if self.has_key(key, version=version):
            return False
        self.set(key, value, timeout, version)
        return True

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if not self.has_key(key, version=version):
            return False
        self.set(key, self.get(key, version=version), timeout, version)
        return True

    def delete(self, key: str, version: int | None = None) -> bool:
        return self.store.pop(self.make_and_validate_key(key, version=version), None) is not None

    def clear(self) -> None:
        self.store.clear()
