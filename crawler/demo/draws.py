"""Choices that follow from a key alone, so that nothing needs to be remembered."""

from __future__ import annotations

import struct
from hashlib import blake2b, shake_256
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_PARTS: Final = 1_000_000
"""How finely a rate is told from the next."""


class Draws:
    """A row of choices, the same for the same key on every machine; good for some 400 bits.

    >>> Draws("seed", 7).below(1000) == Draws("seed", 7).below(1000)
    True
    """

    __slots__ = ("_pool",)

    def __init__(self, *key: object) -> None:
        digest = blake2b(_joined(key), digest_size=64).digest()
        self._pool = int.from_bytes(digest, "big")

    def below(self, bound: int) -> int:
        """Return a number from 0 to *bound* - 1."""
        self._pool, choice = divmod(self._pool, bound)
        return choice

    def between(self, least: int, most: int) -> int:
        """Return a number from *least* to *most*, both included."""
        return least + self.below(most - least + 1)

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of *choices*."""
        return choices[self.below(len(choices))]

    def chance(self, rate: float) -> bool:
        """Return true in *rate* of all cases, 0 to 1."""
        return self.below(_PARTS) < rate * _PARTS


def numbers(count: int, *key: object) -> tuple[int, ...]:
    """Return *count* numbers below 65,536.

    >>> numbers(3, "seed", 7) == numbers(4, "seed", 7)[:3]
    True
    """
    return struct.unpack(f"<{count}H", shake_256(_joined(key)).digest(2 * count))


def _joined(key: tuple[object, ...]) -> bytes:
    return "\0".join(map(str, key)).encode()
