"""What one version of a file leaves to the next."""

from __future__ import annotations

from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key, as long as each version asks for them: what the last one did not ask for is dropped."""

    def __init__(self) -> None:
        self._before: dict[Key, Value] = {}
        self._now: dict[Key, Value] = {}

    def get(self, key: Key) -> Value | None:
        """What this version or the one before it put there, or None."""
        if key not in self._now and key in self._before:
            self._now[key] = self._before[key]
        return self._now.get(key)

    def put(self, key: Key, value: Value) -> None:
        """Remember a value for the next version."""
        self._now[key] = value

    def next_version(self) -> None:
        """Another version begins."""
        self._before, self._now = self._now, {}
