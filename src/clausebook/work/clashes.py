"""Who has a number and who came later: claims on one number, by the time they came into git (7.5.2; threats C2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ..history import Commit, History, Revision
from ..load import git
from ..load.workspace import alone
from ..measure.editions import adopted
from ..measure.lineage import Lineage
from ..measure.merges import collapsed, losses
from ..model import Entry, System
from ..problems import UserError

Side = Literal["ours", "theirs", "both"]


@dataclass(frozen=True, slots=True)
class Claim:
    """A record under a number, and the commit in which it came up. `here`: it lies in the working tree.

    `side`: the side of a waiting merge that says it, where the file holds two versions.
    """

    entry: Entry
    entered: Commit | None
    here: bool = True
    side: Side = "both"

    @property
    def order(self) -> tuple[bool, datetime, str, bool, str]:
        """Later is greater: what is not committed, then the later commit, then its own word, then the odd name."""
        at = datetime.fromisoformat(self.entered.committed_at) if self.entered else datetime.max.replace(tzinfo=UTC)
        said = str(self.entry.value.get("recorded_at", ""))
        return self.entered is None, at, said, self.entry.stem != self.entry.id, self.entry.path


class Past:
    """The histories that may tell where something came from: ours, and the one that a merge is bringing in."""

    def __init__(self, root: Path, history: History, theirs: Sequence[Commit]) -> None:
        self._repository = git.Repository(root)
        self.logs: dict[Side, History] = {"ours": history}
        if theirs:
            self.logs["theirs"] = History("clean", theirs[0].id, log=theirs)

    def taken(self) -> Iterator[str]:
        """The stems of all files that ever were."""
        for log in self.logs.values():
            yield from (_stem(path) for path in log.paths)

    def came_with(self, path: str, number: str, claims: tuple[Claim, Claim], side: Side = "both") -> bool | None:
        """Does what `path` says of a number mean the first of two claims? None where git cannot tell.

        What was written where only one of the two was known meant that one.
        """
        found: set[bool] = set()
        committed = False
        for log in (log for name, log in self.logs.items() if side in (name, "both")):
            for revision in self._naming(log, path, number):
                committed = True
                before = log.reachable(revision.commit.id)
                one, other = (claim.entered is not None and claim.entered.id in before for claim in claims)
                found |= {one} if one is not other else set()
        if not committed and claims[0].entered is None and claims[1].entered is not None:
            return True
        return found.pop() if len(found) == 1 else None

    def _naming(self, log: History, path: str, number: str) -> Iterator[Revision]:
        revisions = list(log.revisions(path))
        held = git.contents(self._repository, (revision.blob for revision in revisions))
        return (revision for revision in revisions if number.encode() in held.get(revision.blob, b""))


def clashes(system: System, wanted: str | None) -> Iterator[tuple[Claim, Claim]]:
    """(Who keeps the number, who must take another one), of every number that several records bear."""
    claims: dict[tuple[str, str], list[Claim]] = {}
    for entry in system.entries:
        if entry.kind.information == "retain" and entry.kind.number and wanted in (None, entry.id, entry.path):
            claims.setdefault((entry.kind.name, entry.id.casefold()), []).append(_claim(system, entry))
    for kind, number in list(claims):
        if wanted and wanted.endswith((".yaml", ".yml")):
            others = [e for e in system.of(kind) if e.id.casefold() == number and e.path != wanted]
            claims[kind, number] += [_claim(system, entry) for entry in others]
        first, *later = sorted(claims[kind, number], key=lambda claim: claim.order)
        yield from ((first, claim) for claim in later)


def _claim(system: System, entry: Entry) -> Claim:
    """Where two branches brought a number, the birth is that of the branch whose words stand in the record."""
    history, own = system.history, _lines(entry.source.text.encode("utf-8"))
    born: list[tuple[int, Commit]] = []
    for met in history.contested:
        if _stem(met.path) == entry.id and "/".join(met.path.split("/")[:2]) == "/".join(entry.path.split("/")[:2]):
            for birth, blobs in zip(met.births, met.contents, strict=True):
                shared = max(len(own & _lines(history.contents.get(blob, b""))) for blob in blobs)
                born.append((shared, birth))
    best = max(born, key=lambda one: one[0], default=None)
    return Claim(entry, best[1] if best else history.entered(entry.path))


def _lines(content: bytes) -> frozenset[bytes]:
    return frozenset(content.split(b"\n"))


def _stem(path: str) -> str:
    return path.rsplit("/", 1)[-1].rsplit(".", 1)[0]


def lost(root: Path, system: System, number: str, commit: str) -> tuple[Claim | None, Claim]:
    """(Who has the number now, the record that was entered under it in a commit and is not there any more)."""
    known = adopted(system, Lineage(system.history))
    blobs = {(loss.path, loss.entered.id): loss.blob for loss in losses(system, known)}
    for met in collapsed(system, known):
        for birth in met.births:
            blobs[met.path, birth.id] = next(change.blob for change in birth.changes if change.path == met.path)
    for (path, entered), blob in blobs.items():
        if _stem(path) == number and entered.startswith(commit):
            [content] = git.contents(git.Repository(root), [blob]).values()
            claim = Claim(_read(system, path, content), system.history.by_id[entered], here=False)
            present = next((entry for entry in system.entries if entry.path == path), None)
            return (_claim(system, present) if present else None), claim
    raise UserError("renumber-not-lost", id=number, commit=commit)


def in_conflict(root: Path, system: System, waiting: git.Unmerged) -> dict[str, tuple[Claim, Claim]]:
    """Path → (who keeps the number, who takes another one) of every record file that holds two versions."""
    found = {}
    for path in system.broken:
        if not path.startswith("records/"):
            continue
        ours, theirs = waiting.files.get(path) or _marked((root / path).read_bytes())
        if ours is None or theirs is None:
            continue
        entered = system.history.entered(path)
        coming = History("clean", log=waiting.theirs).entered(path)
        claims = (
            Claim(_read(system, path, ours), entered, side="ours"),
            Claim(_read(system, path, theirs), coming, side="theirs"),
        )
        first, later = sorted(claims, key=lambda claim: claim.order)
        found[path] = (first, later)
    return found


def _marked(content: bytes) -> tuple[bytes | None, bytes | None]:
    """Both versions of a file in which somebody committed the marks of a conflict; the ancestor's lines go."""
    versions: dict[Side, list[bytes]] = {"ours": [], "theirs": []}
    inside: Side | Literal["ancestor"] = "both"
    seen = False
    for line in content.splitlines(keepends=True):
        if line.startswith(b"<<<<<<< "):
            inside, seen = "ours", True
        elif line.startswith(b"||||||| "):
            inside = "ancestor"
        elif line.rstrip() == b"=======" and inside in ("ours", "ancestor"):
            inside = "theirs"
        elif line.startswith(b">>>>>>> "):
            inside = "both"
        else:
            for side, lines in versions.items():
                if inside in (side, "both"):
                    lines.append(line)
    return (b"".join(versions["ours"]), b"".join(versions["theirs"])) if seen else (None, None)


def _read(system: System, path: str, content: bytes) -> Entry:
    made = alone(system, {path: content.decode("utf-8", "replace")})
    entry = next((entry for entry in made.entries if entry.path == path), None)
    if entry is None:
        raise UserError("renumber-unreadable", path=path)
    return entry
