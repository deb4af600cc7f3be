"""What a process may know by itself for a short while."""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache


class ObjectCache(LocMemCache):
    """Keeps objects as they are, for reference data that every row of a list asks for.

    Django's own cache in memory pickles on the way in and unpickles at every look: a hundred times a page,
    and what an object has worked out meanwhile is lost. Here everybody gets the very same object, so only
    what nobody changes belongs in it.
    """

    def add(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if not self._has_expired(key):
                return False
            self._set(key, value, timeout)
            return True

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            if not self._has_expired(key):
                return self._cache[key]
            self._delete(key)
            return default

    def set(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        key = self.make_and_validate_key(key, version=version)
        with self._lock:
            self._set(key, value, timeout)

    incr = BaseCache.incr
