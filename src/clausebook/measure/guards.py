"""Who a forge has to ask before a change comes in, from the roles' authority to approve (5.3, 7.5.3).

Data is never code, but frame pages, macros, schemas and the indicators' SQL are; and who may approve what is decided
by the registers of people and roles. All of it is guarded by those who may approve such documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from ..model import System
from .moments import word, words
from .offices import Offices, authority_of
from .trust import TRUSTED_KINDS, class_of

BEGIN = "# clausebook: made by `clausebook init --update` from roles and people; edit those, not this part."
END = "# clausebook: end"
CODE = ("docs/", "macros/", "schema/", "mkdocs.yml", ".github/", ".gitlab-ci.yml", ".gitattributes", "CODEOWNERS")


def owners_block(system: System) -> str:
    """The part of CODEOWNERS that follows from roles and people; '' while nobody who may approve has an account."""
    guard = _Guard(system)
    fallback = guard.of("manual") or guard.of("roles", "organization") or guard.top_management()
    if not fallback:
        return ""
    lines = {f"/{path}": fallback for path in ("system/", *CODE)}
    for folder, owners in guard.folders(fallback):
        lines[folder] = owners
    width = max(len(path) for path in lines)
    listed = (f"{path.ljust(width)} {' '.join(owners)}" for path, owners in sorted(lines.items(), key=_by_depth))
    return "\n".join([BEGIN, *listed, END]) + "\n"


def _by_depth(line: tuple[str, tuple[str, ...]]) -> tuple[int, str]:
    """The last line that matches counts: what is more particular comes later."""
    path = line[0]
    return path.rstrip("/").count("/"), path


class _Guard:
    def __init__(self, system: System) -> None:
        self._system, self._offices = system, Offices(system)
        self._asked: dict[tuple[str, ...], tuple[str, ...]] = {}

    def of(self, *classes: str) -> tuple[str, ...]:
        """Accounts of those who may approve any of these classes of documents on the day that rules."""
        if classes not in self._asked:
            on = self._system.as_of
            roles = [
                name for name, role in self._offices.roles.items()
                if set(classes) & set(words(authority_of(role, on), "approve_documents"))
            ]  # fmt: skip
            self._asked[classes] = self._accounts(roles)
        return self._asked[classes]

    def top_management(self) -> tuple[str, ...]:
        return self._accounts([n for n, role in self._offices.roles.items() if role.get("top_management") is True])

    def _accounts(self, roles: list[str]) -> tuple[str, ...]:
        people = {person for role in roles for person in self._offices.holders(role, self._system.as_of)}
        accounts = {word(self._offices.people[person], "forge_account") for person in people}
        return tuple(sorted(f"@{account}" for account in accounts if account))

    def folders(self, fallback: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
        """One line for a folder whose documents all have the same owners, else one for each of them."""
        wanted: dict[str, dict[str, tuple[str, ...]]] = {}
        for entry in self._system.entries:
            trusted = entry.kind.name in TRUSTED_KINDS
            if entry.path.startswith("system/") or trusted:
                owners = self.of("roles", "organization") if trusted else self.of(class_of(entry))
                folder = f"{PurePosixPath(entry.path).parent}/"
                wanted.setdefault(folder, {})[entry.path] = owners or fallback
        for folder, files in wanted.items():
            if len(set(files.values())) == 1 and folder not in ("system/", "registers/"):
                yield f"/{_plain(folder)}", next(iter(files.values()))
            else:
                yield from ((f"/{_plain(path)}", owners) for path, owners in files.items())


def _plain(path: str) -> str:
    return path.replace(" ", "\\ ")
