"""The nearest known word, for people who mistype: one answer or none, and never a long search."""

from __future__ import annotations

from collections.abc import Iterable

MANY = 300


def nearest(word: str, known: Iterable[str], *, count: int = 1) -> str:
    """Up to `count` known words close to `word`, comma-separated; "" when nothing is near.

    Among very many only those of like beginning and length are compared.
    """
    import difflib

    options = list(dict.fromkeys(known))
    if len(options) > MANY:
        options = [option for option in options if option[:2] == word[:2] and abs(len(option) - len(word)) <= 2][-MANY:]
    return ", ".join(difflib.get_close_matches(word, options, count, 0.6))
