"""The mutation corpus: one thing changed in an otherwise perfect organisation, and the exact problems that follow.

A mutation is data (`tests/mutations/*.yaml`):

    - name: policy-review-forgotten            # unique, says what was done wrong
      requirement: 5.2.est                     # the requirement that must turn red
      edits:                                   # on files of the example, in memory, in this order
      - file: system/policy.md
        after: "---"                           # optional: only behind this text
        replace: "next_review_on: 2027-03-01"
        with: "next_review_on: 2026-03-01"
      - {file: registers/risks.yaml, remove: true}      # or a whole file gone
      - {file: records/x/y.yaml, content: "…"}          # or a whole file written
      - {file: records/x/z.yaml, copy: records/x/y.yaml}      # or written as another one is
      - {files: "records/x/*.yaml", pattern: "^score: .*$", with: "score: 5"}     # or many files, by expression
      approvals: keep                          # optional: digests of approvals stay as they are
      as_of: "2026-12-31"                      # optional: judged on another day
      expect:                                  # all problems, no more and no less
      - {rule: review-overdue, class: due, requirements: [5.2.est], file: system/policy.md, at: "next_review_on:"}

`at` is text on the line where the problem stands (the first such line behind `after`, if given); null means no line. An
edited controlled document is approved anew unless `approvals: keep`, so that only what was mutated is wrong.

A near miss, which must stay silent, names a `rule` instead of a requirement and expects nothing.

What only looks good (`tests/dishonest/`) is told more loosely: `named_by`, rules that must be among those that fire, or
`visible_on`, a page of the manual and the words that it must show and did not show before; or `silent`, rules that must
not fire, for what only looks like a trick.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from clausebook.load.workspace import overlaid
from clausebook.model import System
from clausebook.pipeline import Report, judged
from clausebook.problems import Problem

FOLDER = Path(__file__).parent / "mutations"
DISHONEST = Path(__file__).parent / "dishonest"
DIGEST = re.compile(r"^sha256: [0-9a-f]{64}$", re.MULTILINE)
Row = Mapping[str, Any]
Spot = tuple[str, str, tuple[str, ...], str, int | None]
"""Rule, class, requirements, file, line: what must come out, as a set."""


@dataclass(frozen=True, slots=True)
class Mutation:
    name: str
    requirement: str | None
    rule: str | None
    edits: tuple[Row, ...]
    expect: tuple[Row, ...]
    approvals: str
    as_of: date | None
    named_by: tuple[str, ...] = ()
    visible_on: Row | None = None
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the pipeline said of a mutated organisation."""

    report: Report
    failing: frozenset[str]

    @property
    def system(self) -> System:
        return self.report.system

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.report.problems


def corpus(folder: Path = FOLDER) -> Iterator[Mutation]:
    for file in sorted(folder.glob("*.yaml")):
        for row in yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader) or []:
            yield Mutation(
                row["name"], row.get("requirement"), row.get("rule"), tuple(row.get("edits", ())),
                tuple(row.get("expect", ())), row.get("approvals", "renew"),
                date.fromisoformat(row["as_of"]) if "as_of" in row else None,
                tuple(row.get("named_by", ())), row.get("visible_on"), tuple(row.get("silent", ())),
            )  # fmt: skip


def mutated(system: System, mutation: Mutation, judge: Callable[[System], Report] = judged) -> Outcome:
    """Judge the organisation with the mutation's edits laid over it; nothing is written."""
    texts = edited({entry.path: entry.source.text for entry in system.entries}, mutation)
    if mutation.approvals == "renew":
        texts = {**texts, **renewed(system, texts)}
    changed = overlaid(system, texts)
    if mutation.as_of:
        changed = replace(changed, as_of=mutation.as_of)
    report = judge(changed)
    failing = frozenset(row.id for row in report.coverage.values() if row.status == "failing")
    return Outcome(report, failing)


def falsifies(system: System, mutation: Mutation) -> bool:
    """Whether it says something wrong in good form: every file fits its schema, and more happens than leaving out.

    Dropping a field proves a schema; a false date, person, version or link proves that somebody looks.
    """
    texts = edited({entry.path: entry.source.text for entry in system.entries}, mutation)
    changed = overlaid(system, texts)
    sound = all(changed.schemas.is_valid(e.kind.name, e.value) for e in changed.entries if e.path in texts)
    gone = None in texts.values() or changed.broken != system.broken
    return sound and not gone and not all(_leaves_out(edit) for edit in mutation.edits)


def _leaves_out(edit: Row) -> bool:
    """True when every line that is there afterwards was there before."""
    if edit.keys() & {"content", "copy", "files"}:
        return False
    return {*edit["with"].split("\n")} <= {*edit["replace"].split("\n"), ""}


def edited(own: Mapping[str, str | None], mutation: Mutation) -> dict[str, str | None]:
    """What the mutation makes of the files `own` (path → text): only those it touches."""
    texts: dict[str, str | None] = {}
    for edit in mutation.edits:
        if "files" in edit:
            texts |= _everywhere(mutation.name, {**own, **texts}, edit)
            continue
        path = edit["file"]
        if edit.get("remove") is True:
            gone = [one for one in own if one == path or one.startswith(f"{path}/")]
            assert gone, f"{mutation.name}: there is no {path}"
            texts |= dict.fromkeys(gone)
        elif "content" in edit:
            texts[path] = edit["content"]
        elif "copy" in edit:
            texts[path] = texts.get(edit["copy"], own[edit["copy"]])
        else:
            before = texts.get(path, own.get(path))
            assert before is not None, f"{mutation.name}: there is no {path}"
            texts[path] = _replaced(mutation.name, before, edit)
    return texts


def _everywhere(name: str, texts: Mapping[str, str | None], edit: Row) -> dict[str, str | None]:
    """The same done in every file of a kind: what one file alone would not show."""
    pattern, changed = re.compile(edit["pattern"], re.MULTILINE), dict[str, str | None]()
    for path, text in texts.items():
        if text is not None and fnmatch(path, edit["files"]):
            after = pattern.sub(edit["with"], text)
            changed |= {path: after} if after != text else {}
    assert changed, f"{name}: {edit['pattern']} is nowhere in {edit['files']}"
    return changed


def _replaced(name: str, text: str, edit: Row) -> str:
    start = _behind(name, text, edit)
    at = text.find(edit["replace"], start)
    assert at >= 0, f"{name}: {edit['file']} has no {edit['replace']!r}"
    return text[:at] + edit["with"] + text[at + len(edit["replace"]) :]


def _behind(name: str, text: str, row: Row) -> int:
    """Where to begin: behind the text (or each of the texts in turn) named by `after`."""
    start = 0
    after = row.get("after", [])
    for mark in [after] if isinstance(after, str) else after:
        at = text.find(mark, start)
        assert at >= 0, f"{name}: {row.get('file')} has no {mark!r}"
        start = at + len(mark)
    return start


def renewed(system: System, texts: Mapping[str, str | None]) -> dict[str, str | None]:
    """Approvals of what was edited, over the new content: the edit is what is wrong, not its approval."""
    digests = {}
    for entry in system.entries:
        text = texts.get(entry.path)
        if entry.controlled and text is not None:
            digests[entry.id, str(entry.value.get("version"))] = sha256(text.encode("utf-8")).hexdigest()
    found: dict[str, str | None] = {}
    for approval in system.of("approval"):
        digest = digests.get((str(approval.value.get("document")), str(approval.value.get("version"))))
        before = texts.get(approval.path, approval.source.text)
        if digest and before is not None:
            found[approval.path] = DIGEST.sub(f"sha256: {digest}", before, count=1)
    return found


def proofs(mutations: Iterable[Mutation]) -> dict[str, dict[str, list[str]]]:
    """Requirement → rule → the mutations of this requirement that the rule caught, in the catalogue's order."""
    found: dict[str, dict[str, list[str]]] = {}
    for mutation in mutations:
        for row in mutation.expect if mutation.requirement else ():
            if mutation.requirement in row["requirements"]:
                names = found.setdefault(str(mutation.requirement), {}).setdefault(row["rule"], [])
                names += [mutation.name] if mutation.name not in names else []
    return {one: {rule: found[one][rule] for rule in sorted(found[one])} for one in sorted(found, key=_numbered)}


def _numbered(requirement: str) -> tuple[tuple[int, str], ...]:
    """Requirements as they are counted: 9.2 before 10.1."""
    return tuple((int(step) if step.isdigit() else -1, step) for step in requirement.split("."))


def spots(outcome: Outcome) -> set[Spot]:
    return {
        (p.rule, p.problem_class, tuple(sorted(p.requirements)), p.place.path, p.place.line) for p in outcome.problems
    }


def expected(mutation: Mutation, outcome: Outcome) -> set[Spot]:
    own = {entry.path: entry.source.text for entry in outcome.system.entries}
    return {
        (row["rule"], row["class"], tuple(sorted(row["requirements"])), row["file"], _line(mutation, own, row))
        for row in mutation.expect
    }


def _line(mutation: Mutation, own: Mapping[str, str], row: Row) -> int | None:
    at = row.get("at")
    if at is None or isinstance(at, int):
        return at
    text = own[row["file"]]
    found = text.find(at, _behind(mutation.name, text, row))
    assert found >= 0, f"{mutation.name}: {row['file']} has no {at!r} to point at"
    return text.count("\n", 0, found) + 1
