"""How many documents a crawl may read."""

from __future__ import annotations

import asyncio


class Quota:
    """How many documents a crawl may read, and which are under way."""

    def __init__(self, limit: int | None) -> None:
        self.read = 0
        """How many were read."""
        self._limit = limit
        self._under_way: set[str] = set()
        self._changed = asyncio.Event()
        self._is_ending = False

    @property
    def is_full(self) -> bool:
        """Whether all were read that may be."""
        return self._limit is not None and self.read >= self._limit

    async def take(self, address: str) -> bool:
        """Wait until the document at *address* would be read if it came; say whether it will."""
        while self._limit is not None and address not in self._under_way:
            if self.is_full or self._is_ending:
                return False
            if self.read + len(self._under_way) < self._limit:
                self._under_way.add(address)
                break
            self._changed.clear()
            await self._changed.wait()
        return True

    def give_back(self, address: str) -> None:
        """Take down that the document at *address* was read, or will not be for now."""
        self._under_way.discard(address)
        self._changed.set()

    def end(self) -> None:
        """Let nobody wait any longer."""
        self._is_ending = True
        self._changed.set()
