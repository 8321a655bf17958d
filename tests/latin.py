"""The example as an organisation that writes no Chinese: every Chinese sign in its texts becomes a letter.

What it says in two languages keeps its Chinese half, so that a page that shows the wrong half is seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import sites
from clausebook.shipped import CHECKOUT

FOREIGN = re.compile("[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
"""Chinese signs, Chinese punctuation, full-width forms."""
BETWEEN = re.compile(r"[\n|<>]")
SAID_IN_BOTH = re.compile(r"^ *(?:- )?zh: ")
BOTH_SHOWN = re.compile(
    r"^Chinese\n: +.*$|<dt>Chinese</dt>\s*<dd[^>]*>[\s\S]*?</dd>"
    r"|<strong>Chinese</strong></td>\s*<td[^>]*>[\s\S]*?</td>",
    re.MULTILINE,
)
"""What an organisation says in both languages is shown in both, under the name of each."""
DIGEST = re.compile(r"^sha256: [0-9a-f]{64}$", re.MULTILINE)


def latin(text: str) -> str:
    """The same length, the same lines; the same sign always becomes the same letter."""
    kept = (line if SAID_IN_BOTH.match(line) else FOREIGN.sub(_letter, line) for line in text.split("\n"))
    return "\n".join(kept)


def _letter(sign: re.Match[str]) -> str:
    return chr(ord("a") + ord(sign[0]) % 26)


def organisation(target: Path) -> Path:
    """The example in Latin letters, its approvals pinned to the new texts."""
    sites.copy_of(CHECKOUT, target)
    for part in sites.CONTENT:
        for file in (target / part).rglob("*.*"):
            file.write_text(latin(file.read_text("utf-8")), "utf-8")
    for file in (target / "records" / "approvals").rglob("*.yaml"):
        text = file.read_text("utf-8")
        path = text.split("path: ", 1)[1].split("\n", 1)[0]
        digest = sha256((target / path).read_bytes()).hexdigest()
        file.write_text(DIGEST.sub(f"sha256: {digest}", text), "utf-8")
    return target


def foreign(texts: Mapping[str, str]) -> list[str]:
    """Where something Chinese is left, and what: `name: passage`."""
    return [f"{name}: {found}" for name, text in texts.items() for found in _passages(text)]


def _passages(text: str) -> Iterator[str]:
    if FOREIGN.search(text):
        passages = BETWEEN.split(BOTH_SHOWN.sub("", text))
        yield from (passage.strip()[:120] for passage in passages if FOREIGN.search(passage))
