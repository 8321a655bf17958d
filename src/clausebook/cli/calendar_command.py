"""`clausebook calendar add|count`: working days on the organisation's own calendar, the bare answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ..problems import UserError
from .options import common, root_of
from .speaking import Speaking, SpeakingGroup

if TYPE_CHECKING:
    from ..measure.calendar import WorkingDays

Command = TypeVar("Command", bound=Callable[..., Any])


def _shared(command: Command) -> Command:
    for option in (
        common,
        click.option("--legal", is_flag=True),
        click.option("--format", "form", type=click.Choice(["text", "json"]), default="text"),
    ):
        command = option(command)
    return command


@click.group("calendar", cls=SpeakingGroup)
@click.option("--lang", "language", type=click.Choice(["zh", "en"]), expose_value=False)
def command() -> None:
    """Dates and counts on the working-day calendar."""


@command.command("add", cls=Speaking)
@click.argument("day", metavar="DATE")
@click.argument("number", metavar="N", type=click.IntRange(min=0))
@_shared
def add(
    day: str, number: int, form: str, legal: bool, root: str | None, as_of: str | None, language: str | None
) -> int:
    """The N-th working day after DATE."""
    start = _date(day)
    days = _calendar(root, legal)
    _answer(days, start, days.add(start, number), number, form, date_asked=True)
    return 0


@command.command("count", cls=Speaking)
@click.argument("start", metavar="FROM")
@click.argument("end", metavar="TO")
@_shared
def count(
    start: str, end: str, form: str, legal: bool, root: str | None, as_of: str | None, language: str | None
) -> int:
    """Working days in (FROM, TO]."""
    first, last = _date(start), _date(end)
    if last < first:
        raise UserError("calendar-reversed", start=start, end=end)
    days = _calendar(root, legal)
    _answer(days, first, last, days.count(first, last), form, date_asked=False)
    return 0


def _calendar(root: str | None, legal: bool) -> WorkingDays:
    from ..load.calendars import read_calendars
    from ..measure.calendar import both_off_and_worked, working_days

    entries = read_calendars(root_of(root))
    for entry in entries:
        for day in both_off_and_worked(entry.value):
            raise UserError("calendar-contradicts", path=entry.path, day=day.isoformat())
    return working_days(entries, legal=legal)


def _answer(days: WorkingDays, start: date, end: date, number: int, form: str, *, date_asked: bool) -> None:
    if form == "text":
        click.echo(end.isoformat() if date_asked else number)
        return
    value = {
        "from": start.isoformat(),
        "to": end.isoformat(),
        "working_days": number,
        "calendars": days.files_between(start, end),
    }
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _date(given: str) -> date:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
            raise ValueError
        return date.fromisoformat(given)
    except ValueError:
        raise UserError("bad-date", value=given) from None
