"""The whole repository in: walk the three folders, read each file, name its kind, collect every id.

A broken file is one problem; the rest still loads. Nothing here judges content; that is `check`.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from ..history import History
from ..model import Entry, Kind, Mention, Source, System
from ..nearness import nearest
from ..problems import Fact, Place, Problem, Rule, UserError, problem
from ..shipped import shipped
from . import front_matter, git
from .owners import owners_of
from .retained import kept, rewritten
from .schemas import mentions, typed
from .standards import Standards, standards_of
from .strict_yaml import MAX_BYTES, Part, Refused, decode, parse

FOLDERS = ("system", "registers", "records")
MARK = re.compile(r"【待填[^】]*】|\[to fill in[^\]\n]*\]")
"""What `init` and `new` leave for somebody to write, in either language."""

IGNORED = frozenset({"README.md", "README.zh-CN.md"})
CONTENT = (".yaml", ".yml", ".md")
CONFLICT = ("\n<<<<<<< ", "\n=======\n", "\n>>>>>>> ")
"""Beginning, middle and end of a conflict that nobody has settled, as git writes it into a file."""

REFUSALS = {
    name: Rule(name, "contradiction", "own")
    for name in (
        "file-too-large", "byte-order-mark", "not-utf-8", "hidden-character", "line-endings", "yaml-syntax",
        "yaml-alias", "yaml-tag", "yaml-key", "duplicate-key", "too-deep", "front-matter-missing",
        "front-matter-open", "empty-file", "not-a-mapping", "several-parts", "unknown-kind", "unknown-file",
        "conflict-marks", "folder-instead-of-file", "symbolic-link", "path-collision", "unreadable-file",
    )
}  # fmt: skip


def load(root: Path, as_of: date, *, with_history: bool = True, base: str | None = None) -> System:
    """Read `root` as it stands. Raises UserError when it is no organisation at all.

    Without history nothing is proved of versions and approvals, and the system says so. `base` names the state that
    a proposed change is judged by.
    """
    if not root.is_dir():
        raise UserError("root-missing", root=str(root))
    if not any((root / folder).is_dir() for folder in FOLDERS):
        raise UserError("not-an-organisation", root=str(root))
    standards = standards_of(root)
    reader = _Reader(root, standards[0].kinds)
    reader.read_all()
    history = git.history(root, kept, base, rewritten(reader.entries)) if with_history else History("unread")
    return replace(_system(root, as_of, standards, reader, history), owners=owners_of(root))


def load_past(root: Path, as_of: date, commit: str) -> System:
    """The organisation as it stood at a commit, every byte from git's own objects; the folder is not looked at."""
    tree = git.tree_of(root, commit, kept)
    standards = standards_of(root)
    reader = _Reader(root, standards[0].kinds)
    reader.read_tree(tree)
    more = git.contents(git.Repository(root), rewritten(reader.entries)(tree.history))
    history = replace(tree.history, contents={**tree.contents, **more})
    return _system(root, as_of, standards, reader, history)


def _system(root: Path, as_of: date, standards: Standards, reader: _Reader, history: History) -> System:
    schemas, catalogues, problems = standards
    defined, referred = mentioned(reader.entries)
    return System(
        root=str(root), as_of=as_of, catalogues=catalogues, kinds=schemas.kinds, schemas=schemas,
        entries=tuple(reader.entries), problems=(*problems, *reader.problems), broken=reader.broken,
        defined=defined, referred=referred, history=history, templates=_template_fingerprints(),
    )  # fmt: skip


def alone(system: System, files: Mapping[str, str | None]) -> System:
    """Nothing but these files (path → text, None: gone), read as this system's own: what was here on another day."""
    return overlaid(replace(system, entries=(), problems=(), broken={}, defined=(), referred=()), files)


def overlaid(system: System, files: Mapping[str, str | None]) -> System:
    """The system as it would be with these files (path → text, None: gone) instead of its own; nothing is written."""
    reader = _Reader(Path(system.root), system.kinds)
    reader.entries = [entry for entry in system.entries if entry.path not in files]
    for path, text in files.items():
        if text is not None:
            reader.take(path, text.encode("utf-8"))
    reader.sort()
    defined, referred = mentioned(entry for entry in reader.entries if entry.path in files)
    history = system.history.with_changed(files)
    return replace(
        system,
        history=history,
        entries=tuple(reader.entries),
        problems=(*(p for p in system.problems if p.place.path not in files), *reader.problems),
        broken={**{p: kind for p, kind in system.broken.items() if p not in files}, **reader.broken},
        defined=(*(m for m in system.defined if m.entry.path not in files), *defined),
        referred=(*(m for m in system.referred if m.entry.path not in files), *referred),
    )


class _Reader:
    def __init__(self, root: Path, kinds: Mapping[str, Kind]) -> None:
        self.root = root
        self.kinds = kinds
        self.places = [(_glob(path), kind) for kind in kinds.values() for path in kind.paths]
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.broken: dict[str, str] = {}
        self.seen: dict[str, str] = {}

    def read_all(self) -> None:
        for folder in FOLDERS:
            if (self.root / folder).is_dir():
                for path in self._files(folder):
                    self._read(path)
        self.sort()

    def read_tree(self, tree: git.Tree) -> None:
        """The same files as a commit has them. What is no plain file there is refused as it is in a folder."""
        for path, blob in tree.files:
            name = path.rsplit("/", 1)[-1]
            if name.startswith(".") or name in IGNORED:
                continue
            if blob is None:
                self._refuse(path, "symbolic-link")
            elif blob in tree.contents:
                self.take(path, tree.contents[blob])
            else:
                self._refuse(path, "file-too-large")
        self.sort()

    def sort(self) -> None:
        self.entries.sort(key=lambda entry: (_natural(entry.path), entry.part))

    def _files(self, folder: str) -> Iterator[str]:
        """Paths of content files below `folder`; links, odd folders and clashing names become problems."""
        for item in sorted(os.scandir(self.root / folder), key=lambda item: item.name):
            path = f"{folder}/{item.name}"
            if item.name.startswith("."):
                continue
            if item.is_symlink():
                self._refuse(path, "symbolic-link")
            elif item.is_dir():
                if item.name.endswith(CONTENT):
                    self._refuse(path, "folder-instead-of-file")
                else:
                    yield from self._files(path)
            elif not item.is_file():  # a pipe or a device would never end
                self._refuse(path, "unreadable-file", facts={"detail": "not a regular file"})
            elif item.name not in IGNORED:
                folded = unicodedata.normalize("NFKC", path).casefold()
                if folded in self.seen:
                    self._refuse(path, "path-collision", facts={"other": self.seen[folded]})
                self.seen.setdefault(folded, path)
                yield path

    def _read(self, path: str) -> None:
        try:
            with open(self.root / path, "rb") as stream:
                self.take(path, stream.read(MAX_BYTES + 1))
        except OSError as error:
            self._refuse(path, "unreadable-file", facts={"detail": error.strerror or ""})

    def take(self, path: str, raw: bytes) -> None:
        """One file's bytes: its entries, or the one reason why there are none."""
        if not path.endswith(CONTENT):
            self._refuse(path, "unknown-file", broken=False)
            return
        try:
            text = decode(raw)
            source = Source(path, text, hashlib.sha256(raw).hexdigest())
            if not text.strip():
                raise Refused("empty-file", 1, 1)
            if (line := _conflict(text)) is not None:
                raise Refused("conflict-marks", line, 1)
            self._parts(source)
        except Refused as refused:
            self._refuse(path, refused.rule, refused.line, refused.column, facts=refused.facts)

    def _parts(self, source: Source) -> None:
        if source.path.endswith(".md"):
            part, body, line = front_matter.read(source.text)
            self._add(source, part, 0, body, line)
            return
        parts = parse(source.text)
        if not parts:
            raise Refused("empty-file", 1, 1)
        if len(parts) > 1 and not source.path.startswith("registers/"):
            raise Refused("several-parts", parts[1].line, 1)
        for index, part in enumerate(parts):
            self._add(source, part, index)

    def _add(self, source: Source, part: Part, index: int, body: str | None = None, line: int = 0) -> None:
        value = part.value
        if not isinstance(value, dict):
            raise Refused("not-a-mapping" if value is not None else "empty-file", part.line, 1)
        kind = self._kind(source.path, value, part.line)
        if kind.markdown is (body is None):
            raise Refused("unknown-file", 1, 1)
        self.entries.append(Entry(kind, source, typed(kind.shape, value), body, line, index))

    def _kind(self, path: str, value: dict[str, object], line: int) -> Kind:
        said = value.get("kind")
        if isinstance(said, str):
            if said not in self.kinds:
                # Some records have a field `kind` of their own; their place decides then.
                placed = self._placed(path)
                if placed is not None and "const" not in placed.schema["properties"].get("kind", {"const": 1}):
                    return placed
                raise Refused("unknown-kind", line, 1, kind=said, near=nearest(said, self.kinds))
            return self.kinds[said]
        placed = self._placed(path)
        if placed is None:
            raise Refused("unknown-file", 1, 1)
        return placed

    def _placed(self, path: str) -> Kind | None:
        return next((kind for pattern, kind in self.places if pattern.fullmatch(path)), None)

    def _refuse(
        self, path: str, rule: str, line: int | None = None, column: int | None = None, *, broken: bool = True,
        facts: Mapping[str, Fact] | None = None,
    ) -> None:  # fmt: skip
        placed = self._placed(path)
        requirements = placed.clauses if placed and broken else ()
        self.problems.append(
            problem(REFUSALS[rule], Place(path, line, column), requirements, fatal=broken, facts=facts)
        )
        if broken:
            self.broken[path] = placed.name if placed else ""


def _conflict(text: str) -> int | None:
    """The line on which a conflict begins, if the text holds a whole one."""
    lines, begins, at = f"\n{text}", -1, 0
    for mark in CONFLICT:
        at = lines.find(mark, at)
        if at < 0:
            return None
        begins = at if begins < 0 else begins
    return lines.count("\n", 0, begins) + 1


def mentioned(entries: Iterable[Entry]) -> tuple[tuple[Mention, ...], tuple[Mention, ...]]:
    """Every id that the entries define, and every id that they refer to."""
    defined: list[Mention] = []
    referred: list[Mention] = []
    for entry in entries:
        for defines, pointer, spaces, identifier in mentions(entry.kind.shape, entry.value):
            mention = Mention(entry, pointer, spaces, identifier)
            (defined if defines else referred).append(mention)
    return tuple(defined), tuple(referred)


@lru_cache(maxsize=512)
def _glob(pattern: str) -> re.Pattern[str]:
    inner = "".join(
        {"**": ".*", "*": "[^/]*"}.get(token, re.escape(token)) for token in re.split(r"(\*\*|\*)", pattern)
    )
    return re.compile(inner.replace(re.escape(".yaml"), r"\.ya?ml"))


def _natural(path: str) -> tuple[tuple[int, int | str], ...]:
    """Sort key that counts: CC-2026-0999 before CC-2026-10000."""
    return tuple((0, int(token)) if token.isdigit() else (1, token) for token in re.findall(r"[0-9]+|[^0-9]+", path))


@lru_cache(maxsize=512)
def fingerprint(body: str) -> str:
    """A body without white space and fill-in marks, to recognise a template nobody has written in."""
    return hashlib.sha256(re.sub(rf"{MARK.pattern}|\s", "", body).encode()).hexdigest()


@lru_cache(maxsize=1)
def _template_fingerprints() -> frozenset[str]:
    found = set()
    for file in shipped("templates").rglob("*.md"):
        try:
            _, body, _ = front_matter.split(file.read_text("utf-8"))
        except Refused:
            continue
        found.add(fingerprint(body))
    return frozenset(found)
