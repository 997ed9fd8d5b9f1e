"""What is wrong with the text of some previews: one function each, by the name of its quality."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final, TypeAlias

Damage: TypeAlias = Callable[[list[str], random.Random], list[str]]
DAMAGES: Final[dict[str, Damage]] = {}
_FIRST, _LAST = 0x4E00, 0x9FA5


def damage(function: Damage) -> Damage:
    """Add a kind of damage; ``ok`` is none."""
    DAMAGES[function.__name__] = function
    return function


@damage
def ok(paragraphs: list[str], _: random.Random) -> list[str]:
    """Leave the text as it is."""
    return list(paragraphs)


@damage
def doubled(paragraphs: list[str], _: random.Random) -> list[str]:
    """Write each character twice, as two layers of text on a slide do."""
    return ["".join(sign * 2 for sign in text) for text in paragraphs]


@damage
def garbled(paragraphs: list[str], _: random.Random) -> list[str]:
    """Read the bytes of the text in another charset."""
    return [text.encode().decode("cp1252", "ignore") for text in paragraphs]


@damage
def random_text(paragraphs: list[str], rng: random.Random) -> list[str]:
    """Write characters drawn by lot in place of the text's."""
    return ["".join(chr(rng.randint(_FIRST, _LAST)) for _ in text) for text in paragraphs]


DAMAGES["random"] = DAMAGES.pop("random_text")
