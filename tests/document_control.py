"""A small organisation in a real git repository, whose people commit under their own names on days of our choosing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from click.testing import CliRunner

from clausebook.check.support import control, documents, revisions
from clausebook.cli import group
from clausebook.pipeline import Report, run

ADDRESSES = {
    "li-yan": "li-yan@jia.example", "wang-bo": "wang-bo@jia.example", "zhao-min": "zhao-min@jia.example",
    "chen-qi": "chen-qi@jia.example",
}  # fmt: skip
"""li-yan manages, wang-bo writes, zhao-min may approve as well, chen-qi is the clerk."""

NOBODY = {
    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "nobody", "GIT_AUTHOR_EMAIL": "nobody@jia.example",
    "GIT_COMMITTER_NAME": "nobody", "GIT_COMMITTER_EMAIL": "nobody@jia.example",
}  # fmt: skip
"""No configuration of whoever runs the tests; an identity for what commits by itself, such as a merge."""

ORG = """number: QM-07
title: 组织概况
version: A/0
name: {zh: 甲公司, en: Jia}
standard: cts-tbgl009-2026
timezone: Asia/Shanghai
approvals:
- documents: [procedure]
  levels: [T, A0, A1, A2]
"""
ROLES = """number: QM-04
title: 岗位
version: A/0
roles:
- id: general-manager
  title: 总经理
  top_management: true
  holders: [{person: li-yan, from_on: 2026-01-01}]
  authority: {approve_documents: [procedure, roles, organization]}
- id: quality-manager
  title: 质量经理
  holders: [{person: zhao-min, from_on: 2026-01-01}]
  authority: {approve_documents: [procedure]}
- id: writer
  title: 编写
  holders: [{person: wang-bo, from_on: 2026-01-01}]
"""
PEOPLE = "number: R-01\ntitle: 人员\nitems:\n" + "".join(
    f"- id: {person}\n  name: {person}\n  since_on: 2025-01-01\n  emails: [{address}]\n"
    for person, address in ADDRESSES.items()
)
PROCEDURE = """---
kind: procedure
number: CP-01
title: 文件控制程序
version: {version}
owner: quality-manager
prepared_by: wang-bo
first_issued_on: 2026-02-01
first_effective_on: 2026-03-01
effective_on: {effective}
clauses: ["7.5.3"]
history:
{history}---
# 文件控制程序

{text}
"""
DOCUMENT = "system/procedures/CP-01.md"


def procedure(text: str, version: str = "A/0", effective: str = "2026-03-01", versions: str = "") -> str:
    listed = versions.split() or [version]
    history = "".join(f"- {{version: {v}, on: 2026-02-01, change: 编写, reason: 需要}}\n" for v in listed)
    return PROCEDURE.format(version=version, effective=effective, history=history, text=text)


@dataclass
class Office:
    """The repository and the people who work in it; every commit is on the day that is said."""

    root: Path
    addresses: dict[str, str] = field(default_factory=lambda: dict(ADDRESSES))

    def git(self, *words: str, env: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            ["git", *words],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, **NOBODY, **(env or {})},
        )
        return done.stdout

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode("utf-8"))

    def commit(self, person: str, on: str, message: str = "修改", *, committer: str | None = None) -> str:
        """Everything that lies there, committed by a person (or under an address) at noon of a day."""
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, env=self._as(person, committer or person, on))
        return self.git("rev-parse", "HEAD").strip()

    def dated(self, person: str, on: str) -> dict[str, str]:
        """The environment in which git takes somebody for the author and committer of a day."""
        return self._as(person, person, on)

    def merge(self, branch: str, person: str, on: str) -> None:
        self.git("merge", "-q", "--no-ff", "-m", f"合并 {branch}", branch, env=self._as(person, person, on))

    def _as(self, author: str, committer: str, on: str) -> dict[str, str]:
        env = {}
        for role, name in (("AUTHOR", author), ("COMMITTER", committer)):
            address = self.addresses.get(name, name)
            said = {"NAME": address.split("@")[0], "EMAIL": address, "DATE": f"{on}T12:00:00+08:00"}
            env |= {f"GIT_{role}_{what}": value for what, value in said.items()}
        return env

    def approve(self, person: str, on: str, *options: str, meaning: str = "approve") -> Path:
        """The record that `clausebook approve` writes; nothing is committed."""
        words = ["approve", "CP-01", "--as", person, "--meaning", meaning, "--root", str(self.root), "--as-of", on]
        done = CliRunner().invoke(group, [*words, *options])
        assert done.exit_code == 0, done.output
        return self.root / done.stdout.strip()

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.root / path).read_text("utf-8")
        assert old in text, path
        self.write(path, text.replace(old, new))

    def valid(self) -> bool:
        report = self.judged()
        [document] = [entry for entry in report.system.entries if entry.path == DOCUMENT]
        return report.measured.approvals.valid(document) is not None

    def revise(self, text: str = "文件由文控统一编号，三日内发放。", by: str = "wang-bo") -> None:
        """CP-01 A/1, written and committed on 1 May, in force from 1 June."""
        self.write(DOCUMENT, procedure(text, "A/1", "2026-06-01", "A/0 A/1"))
        self.commit(by, "2026-05-01", "CP-01 A/1")

    def judged(self, as_of: str = "2026-11-20") -> Report:
        return run(self.root, date.fromisoformat(as_of))

    def rules(self, as_of: str = "2026-11-20") -> set[str]:
        """What document control finds wrong with the procedure, its approvals and its history."""
        modules = (documents, revisions, control)
        watched = {rule.id for module in modules for rule in module.RULES}
        papers = (DOCUMENT, "records/approvals/")
        return {p.rule for p in self.judged(as_of).problems if p.rule in watched and p.place.path.startswith(papers)}


def office(root: Path) -> Office:
    """The organisation with its first procedure written and approved: A/0, in force from 2026-03-01."""
    made = Office(root)
    root.mkdir(parents=True)
    made.git("init", "-q", "-b", "main")
    made.write("system/org.yaml", ORG)
    made.write("system/roles.yaml", ROLES)
    made.write("registers/people.yaml", PEOPLE)
    made.commit("chen-qi", "2026-01-10", "建库")
    made.write(DOCUMENT, procedure("文件由文控统一编号。"))
    made.commit("wang-bo", "2026-02-10", "CP-01 A/0")
    made.approve("li-yan", "2026-02-20")
    made.commit("li-yan", "2026-02-20", "批准 CP-01 A/0")
    return made
