"""Speed of document control, as ratios measured in one run: `.venv/bin/python benchmarks/documents.py`.

revisions   history, revisions and verdicts of 150 documents over 2,000 commits, 250 of them merges, with 500 approvals
            of level A0 and 2,500 other records ÷ one bare `git log --name-status`              goal ≤ 3
signed      seconds for the same with all 500 approvals signed (A2)                             goal ≤ 10
large       the first ratio with four times the commits, documents and approvals: `--large`         goal ≤ 3
"""

from __future__ import annotations

import hashlib
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from clausebook.load import git
from clausebook.load.workspace import kept, load
from clausebook.measure.approvals import Approvals
from clausebook.measure.collector import uncollected
from clausebook.measure.editions import facts_in
from clausebook.model import System
from clausebook.work.fast_import import Person, Step, append, check_out, start
from clausebook.work.signing import signed
from clausebook.work.yaml_text import to_yaml

ROUNDS = 9
DOCUMENTS, APPROVALS, RECORDS = 150, 500, 5
"""RECORDS come in together, as complaints of a day do; 2,500 of them lie in one folder at the end."""
AS_OF = date(2030, 1, 1)
ZONE = timezone(timedelta(hours=8))
WRITER, APPROVER, CLERK = (Person(name, f"{name}@jia.example") for name in ("wang-bo", "li-yan", "chen-qi"))
TEXT = "文件由文控统一编号，三日内发放到使用部门，旧版同时收回并登记。" * 30

ORG = (
    "number: QM-07\ntitle: 组织概况\nversion: A/0\nname: {zh: 甲, en: J}\nstandard: cts-tbgl009-2026\n"
    "timezone: Asia/Shanghai\n"
)
ROLES = (
    "number: QM-04\ntitle: 岗位\nversion: A/0\nroles:\n- id: general-manager\n  title: 总经理\n  top_management: true\n"
    "  holders: [{person: li-yan, from_on: 2020-01-01}]\n  authority: {approve_documents: [procedure]}\n"
)


def people(key: Path) -> str:
    public = " ".join(key.with_suffix(".pub").read_text("ascii").split()[:2])
    rows = "".join(
        f"- id: {person.name}\n  name: {person.name}\n  since_on: 2020-01-01\n  emails: [{person.email}]\n"
        for person in (WRITER, CLERK, APPROVER)
    )
    return f"number: R-01\ntitle: 人员\nitems:\n{rows}  signing_keys:\n  - {{key: {public}, from_on: 2020-01-01}}\n"


def document(number: str, version: int, words: str) -> bytes:
    history = "".join(f"- {{version: A/{n}, on: 2020-02-01, change: 编写, reason: 需要}}\n" for n in range(version + 1))
    return (
        f"---\nkind: procedure\nnumber: {number}\ntitle: 程序 {number}\nversion: A/{version}\nowner: quality-manager\n"
        f"prepared_by: wang-bo\nfirst_issued_on: 2020-02-01\nfirst_effective_on: 2020-03-01\n"
        f'effective_on: 2029-01-01\nclauses: ["7.5.3"]\nhistory:\n{history}---\n# 程序\n\n{words} {TEXT}\n'
    ).encode()


def record(number: str, path: str, version: int, content: bytes, on: str, key: Path | None) -> bytes:
    value: dict[str, object] = {
        "document": number, "path": path, "version": f"A/{version}", "sha256": hashlib.sha256(content).hexdigest(),
        "meaning": "approve", "person": APPROVER.name, "on": on, "level": "A2" if key else "A0",
    }  # fmt: skip
    if key:
        value["signature"] = signed(value, key)[0]
    return to_yaml(value).encode()


def steps(key: Path, sign: bool, documents: int, approvals: int) -> Iterator[Step]:
    """Four commits per approval: a text and its approval, some records, and the draft before or the merge after."""
    day = datetime(2020, 1, 1, 12, tzinfo=ZONE)
    files = {"system/org.yaml": ORG, "system/roles.yaml": ROLES, "registers/people.yaml": people(key)}
    founded = {path: text.encode() for path, text in files.items()}
    yield Step("建库", CLERK, day, CLERK, day, founded)
    for turn in range(approvals):
        day = datetime(2020, 2, 1, 12, tzinfo=ZONE) + timedelta(days=turn)
        number, version = f"CP-{turn % documents:03d}", turn // documents
        path = f"system/procedures/{number}.md"
        content = document(number, version, f"定稿 {turn}")
        name = f"records/approvals/{number}/A-{version}-approve-{APPROVER.name}.yaml"
        act = record(number, path, version, content, day.date().isoformat(), key if sign else None)
        branch = f"work-{turn}" if turn % 2 else ""
        if not branch:
            yield Step("草稿", WRITER, day, WRITER, day, {path: document(number, version, f"草稿 {turn}")})
        yield Step("定稿", WRITER, day, WRITER, day, {path: content}, branch)
        yield Step("批准", APPROVER, day, APPROVER, day, {name: act}, branch)
        notes = {f"records/notes/N-{turn:04d}-{one}.yaml": f"id: {turn}-{one}\n".encode() for one in range(RECORDS)}
        yield Step("记录", CLERK, day, CLERK, day, notes)
        if branch:
            yield Step("合并", CLERK, day, CLERK, day, merges=branch)


def repository(root: Path, key: Path, sign: bool = False, times: int = 1) -> Path:
    root.mkdir()
    start(root)
    append(root, list(steps(key, sign, DOCUMENTS * times, APPROVALS * times)))
    check_out(root)
    return root


@uncollected()
def judged(root: Path, system: System) -> int:
    """History, revisions and verdicts from nothing; how many approvals hold."""
    facts_in.cache_clear()
    fresh = replace(system, history=git.history(root, kept))
    approvals = Approvals(fresh)
    documents = [entry for entry in fresh.entries if entry.controlled]
    assert all(approvals.editions(entry) for entry in documents)
    return sum(verdict.holds for entry in documents for verdict in approvals.verdicts(entry))


def seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process and of its children: other work on the machine hardly shows in them."""
    began = spent()
    work()
    return spent() - began


def spent() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def ours(root: Path, approvals: int) -> Callable[[], float]:
    system = load(root, AS_OF, with_history=False)
    assert judged(root, system) == approvals
    return lambda: seconds(lambda: judged(root, system))


def ratio(root: Path, approvals: int) -> tuple[float, float, float]:
    """Ours ÷ git's, and the seconds of both; taken in turns, since other work on the machine comes and goes."""
    words = ["git", "log", "--name-status"]
    mine = ours(root, approvals)
    pairs = [
        (mine(), seconds(lambda: subprocess.run(words, cwd=root, stdout=subprocess.DEVNULL, check=True)))
        for _ in range(ROUNDS)
    ]
    return statistics.median(a / b for a, b in pairs), min(a for a, _ in pairs), min(b for _, b in pairs)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = folder / "key"
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
        found = ratio(repository(folder / "plain", key), APPROVALS)
        print("revisions  {:6.2f} x   (goal ≤ 3; at best {:.2f} s, git log {:.2f} s)".format(*found))
        timed = ours(repository(folder / "signed", key, sign=True), APPROVALS)
        print(f"signed     {statistics.median(timed() for _ in range(ROUNDS)):6.2f} s   (goal ≤ 10)")
        if "--large" in sys.argv:
            found = ratio(repository(folder / "large", key, times=4), APPROVALS * 4)
            print("large      {:6.2f} x   (goal ≤ 3; at best {:.2f} s, git log {:.2f} s)".format(*found))


if __name__ == "__main__":
    main()
