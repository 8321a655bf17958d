"""What all commands share: where the organisation is, the date that rules, the language."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from ..problems import UserError

Command = TypeVar("Command", bound=Callable[..., Any])
DEFAULT_ZONE = "Asia/Shanghai"


def common(command: Command) -> Command:
    """--root, --as-of and --lang."""
    for option in (
        click.option("--lang", "language", type=click.Choice(["zh", "en"]), help="zh | en"),
        click.option("--as-of", "as_of", metavar="DATE", help="截至日期 YYYY-MM-DD · the date that rules"),
        click.option("--root", metavar="DIR", help="仓库目录 · the repository"),
    ):
        command = option(command)
    return command


def language_of(words: Sequence[str] = (), chosen: str | None = None) -> str:
    """--lang, then CLAUSEBOOK_LANG, then the locale, then zh."""
    if chosen:
        return chosen
    for index, word in enumerate(words):
        value = words[index + 1] if word == "--lang" and index + 1 < len(words) else word.removeprefix("--lang=")
        if word.startswith("--lang") and value in ("zh", "en"):
            return value
    for variable in ("CLAUSEBOOK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "").lower()
        if value.startswith(("zh", "en")):
            return value[:2]
    return "zh"


def root_of(given: str | None) -> Path:
    """The folder named, or the one that holds the current directory's organisation."""
    from ..load.git import top_of

    if given is not None:
        folder = Path(given)
        if not folder.is_dir():
            raise UserError("root-missing", root=given)
        return folder.resolve()
    return top_of(Path.cwd()) or Path.cwd()


def day_of(given: str | None, root: Path) -> date:
    """--as-of, else today in the organisation's time zone. Only the command line knows today's date."""
    if given is None:
        return datetime.now(_zone(root)).date()
    try:
        if len(given) != 10:
            raise ValueError
        return date.fromisoformat(given)
    except ValueError:
        raise UserError("bad-as-of", value=given) from None


def now_in(root: Path, day: date) -> str:
    """The present moment with offset, in the organisation's time zone, on the day that rules (one as-of date): what
    a command writes under --as-of is no more in the future than anything else it judges."""
    return datetime.combine(day, datetime.now(_zone(root)).time(), _zone(root)).isoformat(timespec="seconds")


def _zone(root: Path) -> ZoneInfo:
    try:
        for line in (root / "system" / "org.yaml").read_text("utf-8").splitlines():
            if line.startswith("timezone:"):
                return ZoneInfo(line.split(":", 1)[1].strip().strip("\"'"))
    except (OSError, UnicodeError, ValueError, ZoneInfoNotFoundError):
        pass
    return ZoneInfo(DEFAULT_ZONE)
