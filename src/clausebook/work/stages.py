"""How a record grew: the texts it had before it reads as it does now.

A complaint is entered when it is received, and what happens to it afterwards when it happens: a stage holds the blocks
of the record that were complete by then, in the words they have today. What other records read like before is told by
hand (`data/replay/records.yaml`), since only their writers could say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise

from .past_contents import Past, then, told

HAPPENED = re.compile(
    r"^ *(?:- )?((?:[a-z_]+_)?(?:at|on)): \"?(20\d\d-\d\d-\d\d(?:T[\d:]{8}\+\d\d:\d\d)?)", re.MULTILINE
)
PROMISED = re.compile(r"due|planned|next|valid|expire|until|from_on|to_on|effective_on")
WRITER = re.compile(r"^ *(?:- )?(?:by|scored_by|lead|approved_by): ([a-z-]+)$", re.MULTILINE)
AT_INTAKE = ("handler", "cause", "links", "evidence", "retention_class")
"""Blocks without a day that are written when the complaint is taken in, though they stand at the end."""
ONE_SITTING = timedelta(minutes=30)
EVENING = time(17)
"""When a day without a time is entered: at the end of its work."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A text of a record. Without `at` its own last day, without `by` its own author; `step` names its subject."""

    text: str
    at: datetime | None = None
    by: str = ""
    subject: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of a record, or one item of a list in it: the key it stands under and when it was complete."""

    key: str
    text: str
    at: datetime
    listed: bool


def last_day(text: str) -> date:
    """The last day on which something in the text had happened."""
    return date.fromisoformat(max(moment for key, moment in HAPPENED.findall(text) if not PROMISED.search(key))[:10])


def stages(path: str, text: str, closed: datetime) -> Iterator[Stage]:
    """The texts of one file in order; what a complaint held at the end of the migration came as one."""
    if path.startswith("records/complaints/"):
        yield from _case(text, closed)
        return
    now = _grown().get(path, {})
    yield from _told(text, now)


@lru_cache(maxsize=1)
def _grown() -> dict[str, Past]:
    return {row["path"]: row for row in told("records.yaml")}


def _told(text: str, now: Past) -> Iterator[Stage]:
    """The texts before, by applying the passages backwards, then the present one."""
    texts = [(text, now)]
    for past in now.get("earlier", ()):
        texts.append((then(texts[-1][0], past), past))
    for read, past in reversed(texts):
        at = datetime.fromisoformat(past["at"]) if "at" in past else None
        yield Stage(read, at, past.get("by", ""), past.get("subject", ""), past.get("branch", ""))


def _case(text: str, closed: datetime) -> Iterator[Stage]:
    """A complaint as it was known when the migration ended, then step by step; entries of one sitting come together."""
    pieces = _pieces(text, closed)
    times = sorted({piece.at for piece in pieces})
    known, running = [at for at in times if at < closed], [at for at in times if at >= closed]
    ends = [at for at, later in pairwise(running) if at == times[0] or later - at > ONE_SITTING] + running[-1:]
    subjects = told("story.yaml")["steps"]
    since: datetime | None = None
    for at in [*known[-1:], *ends]:
        new = [piece for piece in pieces if (since is None or piece.at > since) and piece.at <= at]
        step = "entered" if at < closed else "recorded" if since is None else _step(new, subjects)
        writers = WRITER.findall("".join(piece.text for piece in new)) if since else []
        read = text if at == times[-1] else _render(pieces, at)
        yield Stage(read, at, writers[-1] if writers else "", subjects.get(step, subjects["entered"]))
        since = at


def _step(new: Sequence[Piece], subjects: Mapping[str, str]) -> str:
    """What the writer would call it: the last thing done; talking about it only when nothing else was."""
    done = [piece for piece in new if piece.key in subjects]
    return max(done, key=lambda piece: (piece.key != "communications", piece.at)).key if done else "entered"


def _pieces(text: str, closed: datetime) -> list[Piece]:
    """The blocks of a case and when each was complete; what tells no time came with the intake, or at the very end."""
    intake = max(_times(text, closed, ("recorded_at", "received_at")) or _times(text, closed, ("received_on",)))
    last = max(_times(text, closed))
    linked = told("story.yaml")["linked"]
    found: list[Piece] = []
    begun = False
    for block in re.split(r"(?m)^(?=[a-z_]+:)", text):
        key = block.partition(":")[0]
        items = re.split(r"(?m)^(?=- )", block)
        for part in items[1:] or [block]:
            times = [] if part.count("\n") == 1 else _times(part, closed)
            times += [datetime.fromisoformat(at) for number, at in linked.items() if key == "links" and number in part]
            begun = begun or bool(times)
            at = max(times) if times else last if begun and key not in AT_INTAKE else intake
            found.append(Piece(key, part, at, listed=len(items) > 1))
    return found


def _times(text: str, closed: datetime, keys: Sequence[str] = ()) -> list[datetime]:
    """When something happened by the text, or under `keys`; a day without a time ends with its evening."""
    found = []
    for key, moment in HAPPENED.findall(text):
        if key in keys or not (keys or PROMISED.search(key)):
            evening = datetime.combine(date.fromisoformat(moment[:10]), EVENING, closed.tzinfo)
            found.append(datetime.fromisoformat(moment) if "T" in moment else evening)
    return found


def _render(pieces: Sequence[Piece], until: datetime) -> str:
    written, keys = [], set()
    for piece in pieces:
        if piece.at <= until:
            if piece.listed and piece.key not in keys:
                written.append(f"{piece.key}:\n")
            keys.add(piece.key)
            written.append(piece.text)
    return "".join(written)
