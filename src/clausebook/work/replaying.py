"""The example organisation's own history: who entered what, and when (CH-2026-004, CP-01).

Its repository began with a migration. For everything older the author is who wrote it and the author date is when; the
committer is the document controller and the committer date a day of the migration: git keeps the two apart, and nothing
is backdated. From the day the repository is in force, people enter their own records at their true times.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..load.strict_yaml import parse
from .fast_import import Person, Step, append, check_out, start
from .past_contents import Revision, approval_of, revisions, said, told
from .stages import EVENING, Stage, last_day, stages

ORGANISATION = "system/org.yaml"
BASELINE = re.compile(r"(?<=^baseline:\n)  commit: [0-9a-f]{40}\n", re.MULTILINE)
"""Left out while adoption is under way: a commit cannot name itself, so the next one names it."""
CONTENT = ("system", "registers", "records")
APPROVED = time(10)
"""An approval that tells only its day."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one person wrote at one time."""

    files: Mapping[str, bytes]
    by: str
    at: datetime
    subject: str
    branch: str = ""
    merges: str = ""

    @property
    def order(self) -> tuple[datetime, str]:
        return self.at, min(self.files, default="")


@dataclass
class Story:
    """The files of the example, the people in them, and the frame of the story."""

    root: Path
    told: Mapping[str, Any] = field(default_factory=lambda: told("story.yaml"))

    def __post_init__(self) -> None:
        self.files = {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file() and path.relative_to(self.root).parts[0] != ".git"
        }
        self.opened, self.closed, self.in_force = (
            datetime.fromisoformat(self.told[key]) for key in ("opened_at", "closed_at", "in_force_at")
        )
        self.people = {row["id"]: row for row in self._value("registers/people.yaml")["items"]}
        self.roles = {row["id"]: row for row in self._value("system/roles.yaml")["roles"]}
        self.heads = {row["id"]: row.get("head", "") for row in self._value(ORGANISATION)["departments"]}

    def _value(self, path: str) -> dict[str, Any]:
        [part] = parse(self.files[path].decode())
        return dict(part.value)

    def text(self, path: str) -> str:
        return self.files[path].decode()

    def under(self, *folders: str) -> list[str]:
        return sorted(path for path in self.files if path.startswith(tuple(f"{folder}/" for folder in folders)))

    def moment(self, on: date, at: time) -> datetime:
        """A day of the organisation at a time of its own place."""
        return datetime.combine(on, at, self.opened.tzinfo)

    def person(self, name: str, on: date) -> str:
        """Who that was: a person, the holder of a role on a day, or the head of a department."""
        if name in self.people:
            return name
        for holder in self.roles.get(name, {}).get("holders", ()):
            if holder["from_on"] <= on.isoformat() <= holder.get("to_on", "9999"):
                return str(holder["person"])
        return self.person(self.heads[name], on) if self.heads.get(name) else str(self.told["controller"])

    def signature(self, who: str) -> Person:
        row = self.people[who]
        return Person(row["name"], row["emails"][0])


def replay(root: Path) -> bool:
    """Give the example in `root` its history and check out its last commit; False when this machine has no git.

    Raises UserError when git refuses to write, ValueError when the story does not fit the example.
    """
    if not start(root):
        return False
    story = Story(root)
    earlier = [revision for path in story.under("system") for revision in _revisions(story, path)]
    written = sorted([*_documents(story, earlier), *_records(story)], key=lambda one: one.order)
    adoption = append(root, _migration(story, [one for one in written if one.at < story.closed]))
    append(root, _running(story, [one for one in written if one.at >= story.closed], earlier, adoption), adoption)
    check_out(root)
    return True


def _revisions(story: Story, path: str) -> Iterator[Revision]:
    yield from revisions(path, story.text(path), story.told["reviews"])


def _documents(story: Story, earlier: Sequence[Revision]) -> Iterator[Written]:
    """Every revision of every controlled document, by who prepared it on the day it was approved."""
    approved = {
        said(story.text(path), "path"): said(story.text(path), "on") for path in story.under("records/approvals")
    }
    migrated = story.told["migrated"]
    for path in story.under("system"):
        text = BASELINE.sub("", story.text(path))
        branch = migrated["branch"] if said(text, "number") in migrated["numbers"] else ""
        yield _released(story, path, text, date.fromisoformat(approved[path]), branch)
    for one in earlier:
        yield _released(story, one.path, one.content.decode(), one.approved_on)


def _released(story: Story, path: str, text: str, on: date, branch: str = "") -> Written:
    subject = story.told["released"].format(number=said(text, "number"), version=said(text, "version"))
    by = story.person(said(text, "prepared_by"), on)
    return Written({path: text.encode()}, by, story.moment(on, APPROVED), subject, branch)


def _records(story: Story) -> Iterator[Written]:
    """Registers and records, a few of them in the stages in which they grew."""
    for path in story.under("registers", "records"):
        if path.startswith("records/approvals/"):
            continue
        for stage in stages(path, story.text(path), story.closed):
            on = stage.at.date() if stage.at else last_day(stage.text)
            at = stage.at or story.moment(on, EVENING)
            by = stage.by if stage.by in story.people else story.person(_author(story, path, stage.text), on)
            yield Written({path: stage.text.encode()}, by, at, _subject(story, path, stage), stage.branch)


def _author(story: Story, path: str, text: str) -> str:
    for key in story.told["authors"]:
        if name := said(text, key):
            return name
    found = re.search(r"^(?:participants|people|team):\n *- (?:person: )?(\S+)", text, re.MULTILINE)
    return found[1] if found else str(story.told["controller"])


def _subject(story: Story, path: str, stage: Stage) -> str:
    parts = Path(path).parts
    template = stage.subject or story.told["subjects"][parts[1] if parts[0] == "records" else parts[0]]
    number = Path(path).stem
    month = number[5:7].lstrip("0")
    return str(template).format(id=number, title=said(stage.text, "title"), year=number[:4], month=month)


def _migration(story: Story, written: Sequence[Written]) -> list[Step]:
    """The migration: in the order in which things were written, evenly over its days, the branch merged at the end."""
    controller = story.signature(story.told["controller"])
    frame = {path: content for path, content in story.files.items() if path.split("/")[0] not in CONTENT}
    steps = [Step(story.told["frame"], controller, story.opened, controller, story.opened, frame)]
    hours = timedelta(hours=8)
    pace = 5 * hours / (len(written) + 2)
    at = story.opened
    for place, one in enumerate(written, 1):
        days, rest = divmod(place * pace, hours)
        at = max(at + timedelta(seconds=1), one.at, _whole(story.opened + timedelta(days=days) + rest))
        steps.append(Step(one.subject, story.signature(one.by), one.at, controller, at, one.files, branch=one.branch))
    migrated = story.told["migrated"]
    message = f"{migrated['merged']}\n\n{migrated['trailer']}"
    return [*steps, Step(message, controller, story.closed, controller, story.closed, merges=migrated["branch"])]


def _whole(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _running(story: Story, written: Sequence[Written], earlier: Sequence[Revision], adoption: str) -> list[Step]:
    """From the day in force: the baseline, the transcripts, and then everyone's own entries at their own times.

    What was recorded between the end of the migration and that day is entered by the controller with its true author.
    """
    organisation = BASELINE.sub(f"  commit: {adoption}\n", story.text(ORGANISATION))
    controller = story.told["controller"]
    first = Written({ORGANISATION: organisation.encode()}, controller, story.in_force, story.told["baseline"])
    own = sorted(
        [first, *_transcripts(story, organisation), *_earlier_transcripts(story, earlier), *_merges(story), *written],
        key=lambda one: (max(one.at, story.in_force), one is not first, one.order),
    )
    steps: list[Step] = []
    at = story.in_force - timedelta(seconds=1)
    for one in own:
        at = max(at + timedelta(seconds=1), one.at)
        late = one.at < story.in_force
        by = story.signature(one.by)
        committer = story.signature(controller) if late else by
        steps.append(Step(one.subject, by, one.at if late else at, committer, at, one.files, one.branch, one.merges))
    return steps


def _merges(story: Story) -> Iterator[Written]:
    for row in story.told["merges"]:
        at = datetime.fromisoformat(row["at"])
        yield Written({}, story.told["controller"], at, row["subject"], merges=row["branch"])


def _transcripts(story: Story, organisation: str) -> Iterator[Written]:
    """The approvals of the current versions, transcribed on the day in force, a family of documents at a time."""
    digest = sha256(organisation.encode()).hexdigest()
    groups: dict[int, dict[str, bytes]] = defaultdict(dict)
    families = story.told["transcripts"]
    for path in story.under("records/approvals"):
        text = story.text(path)
        if said(text, "path") == ORGANISATION:
            text = re.sub(r"^sha256: .*$", f"sha256: {digest}", text, flags=re.MULTILINE)
        number = path.split("/")[2]
        place = next(place for place, family in enumerate(families) if number.startswith(family["numbers"]))
        groups[place][path] = text.encode()
    for place, files in groups.items():
        family = families[place]
        yield Written(files, story.told["controller"], datetime.fromisoformat(family["at"]), family["subject"])


def _earlier_transcripts(story: Story, earlier: Iterable[Revision]) -> Iterator[Written]:
    """The approvals of earlier revisions: the same persons, each pinned to the content of that revision."""
    told_earlier = story.told["transcripts_earlier"]
    at = datetime.fromisoformat(told_earlier["at"])
    for place, one in enumerate(earlier):
        files = {}
        for path in story.under(f"records/approvals/{one.number}"):
            version = said(story.text(path), "version").replace("/", "-")
            name = path.replace(f"/{version}-", f"/{one.version.replace('/', '-')}-")
            files[name] = approval_of(one, story.text(path)).encode()
        subject = told_earlier["subject"].format(number=one.number, version=one.version)
        yield Written(files, story.told["controller"], at + timedelta(seconds=47 * place), subject)
