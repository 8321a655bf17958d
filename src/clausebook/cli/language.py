"""The language of a line: apart from the other options, since --help needs nothing else of them."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click


def language_of(words: Sequence[str] = (), chosen: str | None = None) -> str:
    """--lang, wherever it stands on the line, then CLAUSEBOOK_LANG, then the locale, then zh."""
    running = click.get_current_context(silent=True)
    if chosen or (running is not None and running.find_root().obj):
        return chosen or str(running.find_root().obj if running else "")
    for index, word in enumerate(words):
        value = words[index + 1] if word == "--lang" and index + 1 < len(words) else word.removeprefix("--lang=")
        if word.startswith("--lang") and value in ("zh", "en"):
            return value
    for variable in ("CLAUSEBOOK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "").lower()
        if value.startswith(("zh", "en")):
            return value[:2]
    return "zh"
