"""What all commands share: where the organisation is, the date that rules, the language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..problems import UserError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

Command = TypeVar("Command", bound=Callable[..., Any])
DEFAULT_ZONE = "Asia/Shanghai"


def common(command: Command) -> Command:
    """--root, --as-of and --lang."""
    for option in (
        click.option("--lang", "language", type=click.Choice(["zh", "en"])),
        click.option("--as-of", "as_of", metavar="DATE"),
        click.option("--root", metavar="DIR"),
    ):
        command = option(command)
    return command


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
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        for line in (root / "system" / "org.yaml").read_text("utf-8").splitlines():
            if line.startswith("timezone:"):
                return ZoneInfo(line.split(":", 1)[1].strip().strip("\"'"))
    except (OSError, UnicodeError, ValueError, ZoneInfoNotFoundError):
        pass
    return ZoneInfo(DEFAULT_ZONE)
