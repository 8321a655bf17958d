"""How a record grew: the texts it had before it read as it does now.

A complaint is entered when it is received, and what happens to it afterwards when it happens. A stage holds the blocks
of the record that were complete by then, in the words they have today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

HAPPENED = re.compile(r"^ *(?:- )?((?:[a-z_]+_)?(?:at|on)): \"?(20\d\d-\d\d-\d\d)", re.MULTILINE)
PROMISED = re.compile(r"due|planned|next|valid|expire|until|from_on|to_on|effective_on")


@dataclass(frozen=True, slots=True)
class Stage:
    """A text of a record; without `at` its own last day, without `by` its own author."""

    text: str
    at: datetime | None = None
    by: str = ""
    subject: str = ""
    branch: str = ""


def last_day(text: str) -> date:
    """The last day on which something in the text had happened."""
    return date.fromisoformat(max(day for key, day in HAPPENED.findall(text) if not PROMISED.search(key)))


def stages(path: str, text: str, closed: datetime) -> Iterator[Stage]:
    """The texts of one file in order, those of the time before `closed` as one."""
    yield Stage(text)
