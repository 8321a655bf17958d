"""What a file of the example read like before: passages that differed then, applied backwards from today's text.

Only the differences are kept (`data/replay/`), so that an earlier revision cannot drift from what its history says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from typing import Any

from ..load.strict_yaml import parse
from ..shipped import shipped

Past = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Revision:
    """An earlier revision of a controlled document: content and the day it was approved."""

    path: str
    number: str
    version: str
    content: bytes
    approved_on: date
    reference: str


@lru_cache(maxsize=64)
def told(name: str) -> Any:
    """One file of the shipped story, scalars as text."""
    [part] = parse((shipped("replay") / name).read_text("utf-8"))
    return part.value


def said(text: str, key: str) -> str:
    """A top-level scalar of a YAML file or of front matter; empty when it is not there."""
    found = re.search(rf"^{key}: \"?(.*?)\"?$", text, re.MULTILINE)
    return found[1] if found else ""


def then(text: str, past: Past) -> str:
    """The text with every passage as it was.

    A passage says `now` and `then` (once in the text), `every` and `then` (wherever it stands), `drop` (a list item by
    its first line) or `without` (a key and what is under it, wherever it stands). What does not fit raises ValueError.
    """
    for passage in past.get("passages", ()):
        before = text
        if "drop" in passage:
            text = _without_item(text, passage["drop"])
        elif "without" in passage:
            text = re.sub(rf"^( *){passage['without']}:.*\n(?:\1(?: +|- ).*\n)*", "", text, flags=re.MULTILINE)
        elif "every" in passage:
            text = text.replace(passage["every"], passage["then"])
        elif text.count(passage["now"]) == 1:
            text = text.replace(passage["now"], passage.get("then") or "")
        if text == before:
            raise ValueError(f"not there, or not once: {passage}")
    return text


def _without_item(text: str, first: str) -> str:
    """A list item and everything under it taken out, named by its first line (without indentation)."""
    found = [*re.finditer(rf"^( *){re.escape(first)}\n(?:\1 +.*\n?|\n)*", text, re.MULTILINE)]
    if not found:
        raise ValueError(f"not there: {first}")
    return text[: found[-1].start()] + text[found[-1].end() :]


def revisions(path: str, text: str, reviews: Sequence[str]) -> Iterator[Revision]:
    """Earlier revisions, latest first. `reviews` are the days on which all documents were due for review."""
    number = said(text, "number")
    file = shipped("replay") / "documents" / f"{number}.yaml"
    for past in told(f"documents/{number}.yaml")["earlier"] if file.is_file() else ():
        text = _controlled(then(text, past), past["version"], reviews)
        yield Revision(
            path, number, past["version"], text.encode(), date.fromisoformat(past["approved_on"]), past["reference"]
        )


def _controlled(text: str, version: str, reviews: Sequence[str]) -> str:
    """The control block of an earlier version: what its own line of the history says, and nothing later."""
    current = said(text, "version")
    text = _without_item(text, f"- version: {current}")
    effective = re.search(rf"^ *- version: {re.escape(version)}\n +on: (\S+)", text, re.MULTILINE)
    if effective is None:
        raise ValueError(f"{version} is not in the history")
    due = next(on for on in reviews if on > effective[1])
    for key, value in (("version", version), ("effective_on", effective[1]), ("next_review_on", due)):
        text = re.sub(rf"^{key}: .*$", f"{key}: {value}", text, count=1, flags=re.MULTILINE)
    return text


def approval_of(revision: Revision, current: str) -> str:
    """The text of a transcribed approval of an earlier revision, after one of the current version."""
    for key, value in (
        ("version", revision.version),
        ("sha256", sha256(revision.content).hexdigest()),
        ("on", revision.approved_on.isoformat()),
        ("  reference", revision.reference),
    ):
        current = re.sub(rf"^{key}: .*$", f"{key}: {value}", current, count=1, flags=re.MULTILINE)
    return current
