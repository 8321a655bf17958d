"""An organisation with a mark in everything it says: whatever gets outside can be seen and named."""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sites

MARK = re.compile(r"QX7Z[0-9]{6}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
PUBLIC = ("system/policy.md", "system/scope.md", "system/calendar/2023.yaml", "system/calendar/2024.yaml",
          "system/calendar/2025.yaml", "system/calendar/2026.yaml")  # fmt: skip


class Marks:
    """Gives out marks and remembers where each went."""

    def __init__(self) -> None:
        self.placed: dict[str, str] = {}

    def new(self, where: str) -> str:
        mark = f"QX7Z{len(self.placed):06d}"
        self.placed[mark] = where
        return mark


def marked_copy(source: Path, target: Path) -> Marks:
    """A copy of an organisation with a mark at the end of every Chinese text, in every e-mail address, in the names of
    files that are nobody's business, in the configuration and in git's authors; public documents in their heads only.
    """
    marks = Marks()
    sites.copy_of(source, target)
    digests: dict[str, str] = {}
    for part in sites.CONTENT:
        for file in sorted((target / part).rglob("*")):
            if file.is_file():
                name = file.relative_to(target).as_posix()
                before = file.read_bytes()
                file.write_text("\n".join(_marked(marks, name, before.decode("utf-8"))), "utf-8")
                digests[_digest(before)] = _digest(file.read_bytes())
    for file in (target / "records" / "approvals").rglob("*.yaml"):
        text = file.read_text("utf-8")
        file.write_text(re.sub(r"[0-9a-f]{64}", lambda m: digests.get(m[0], m[0]), text), "utf-8")
    _around(marks, target)
    _committed(marks, target)
    return marks


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _marked(marks: Marks, name: str, text: str) -> Iterator[str]:
    """Line by line. The body of a public document and the days of a public calendar are meant for everybody."""
    lines = text.split("\n")
    head = 0
    if name in PUBLIC:
        keep = "source:" if name.endswith(".yaml") else "---"
        head = next(i for i, line in enumerate(lines) if i and line == keep)
    for number, line in enumerate(lines, start=1):
        untouched = head and (number > head or line.startswith(("title:", "kind:")))
        if untouched or line.lstrip().startswith("#") or line.endswith(("]", "}", "|", ">")) or line.startswith("|"):
            yield line
        elif "@" in line and re.search(r"[\w-]+@[\w.-]+", line):
            yield re.sub(r"(?=[\w-]+@)", f"{marks.new(f'{name}:{number}').lower()}-", line, count=1)
        elif CHINESE.search(line):
            mark = marks.new(f"{name}:{number}")
            yield line[:-1] + mark + line[-1] if line.endswith(('"', "'")) and ":" in line else line + mark
        else:
            yield line


def _around(marks: Marks, target: Path) -> None:
    """Frame pages and files that are not for everybody, and what a configuration says of the inside."""
    for folder in ("docs", "docs/assets", "records/complaints/2026"):
        (target / folder).mkdir(exist_ok=True)
        mark = marks.new(f"a file in {folder}")
        suffix = ".yaml" if folder.startswith("records") else ".md"
        inside = marks.new(f"the text of a file in {folder}")
        (target / folder / f"{mark}{suffix}").write_text(f"内部页面 {inside}\n", "utf-8")
    for name in ("index.md", "about.md"):
        page = target / "docs" / name
        page.write_text(page.read_text("utf-8") + f"\n内部 {marks.new(f'docs/{name}')}\n", "utf-8")
    config = target / "mkdocs.yml"
    keys = ("repo_name", "site_author", "edit_uri", "site_url", "repo_url")
    said = {key: marks.new(f"mkdocs.yml {key}") for key in keys}
    said |= {key: f"https://git.example/{said[key]}/" for key in ("site_url", "repo_url")}
    lines = "".join(f"{key}: {value}\n" for key, value in said.items())
    config.write_text(config.read_text("utf-8").replace("\nnav:\n", f"\n{lines}\nnav:\n"), "utf-8")


def _committed(marks: Marks, target: Path) -> None:
    name, address, subject = (marks.new(f"git {what}") for what in ("author", "address", "subject"))
    email = f"user.email={address.lower()}@boqing.example"
    who = ["-c", f"user.name={name}", "-c", email, "-c", "init.defaultBranch=main"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", subject]):
        subprocess.run(["git", *who, *words], cwd=target, check=True, capture_output=True)


def marks_in(value: Any) -> Iterator[str]:
    """Marks anywhere in a value."""
    if isinstance(value, str):
        yield from MARK.findall(value)
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from marks_in(child)
