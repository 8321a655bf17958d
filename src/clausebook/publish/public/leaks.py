"""The last look at a public site: is anybody's name, address or record in it after all? Then nothing goes out.

The pages are made of an allow-list; this is for what people write into public documents and frame pages themselves
(threats 4, PII-SITE).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path

from ...measure.moments import child, rows, words
from ...model import System
from ...problems import UserError
from ...wording import LANGUAGES, text

WRITTEN = frozenset({".html", ".js", ".json", ".xml", ".txt", ".csv", ".svg"})
OURS = "assets/"
"""Scripts and styles of the renderer and of ours; none of it is made of content."""


def inspect(system: System, site: Path) -> None:
    """Raise UserError naming the page and what was found there; the site is not published then."""
    secrets = dict(_secrets(system))
    pattern = _pattern(secrets)
    for file in sorted(site.rglob("*")):
        name = file.relative_to(site).as_posix()
        if file.suffix not in WRITTEN or (name.startswith(OURS) and file.suffix != ".json"):
            continue
        found = pattern.search(unescape(file.read_text("utf-8", "replace"))) if pattern else None
        if found:
            kind = {known: text(f"public.secret.{secrets[found[0]]}", known) for known in LANGUAGES}
            raise UserError("public-leak", page=name, kind=kind, found=found[0])


def _pattern(secrets: Mapping[str, str]) -> re.Pattern[str] | None:
    """Latin names and numbers as whole words, so that Li is not found in Listen; Chinese has no such borders."""
    parts = []
    for secret in sorted(secrets, key=len, reverse=True):
        word = re.escape(secret)
        parts.append(rf"(?<![A-Za-z0-9-]){word}(?![A-Za-z0-9-])" if secret.isascii() else word)
    return re.compile("|".join(parts)) if parts else None


def _secrets(system: System) -> Iterator[tuple[str, str]]:
    """What must never be outside → the word for what it is."""
    for entry in system.of("people"):
        for row in rows(entry.value, "items"):
            names = (str(row.get(key, "")) for key in ("name", "name_en"))
            yield from ((name, "person") for name in names if len(name) > 1)
            yield from ((address, "address") for address in words(row, "emails"))
            if "-" in str(row.get("id", "")):
                yield str(row["id"]), "person"
    for commit in system.history.log:
        yield from ((address, "address") for address in (commit.author_email, commit.committer_email) if "@" in address)
    for entry in system.entries:
        if entry.kind.serial:
            yield entry.id, "record"
        ref = child(entry.value, "complainant", "ref")
        if isinstance(ref, str) and any(char.isdigit() for char in ref):
            yield ref, "complainant"
