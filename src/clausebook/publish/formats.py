"""The report of `check` in the six formats people and machines read. Interface: contract.md, section JSON."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from ..check.gaps import Section, cure_of, sections, unverified
from ..pipeline import Report
from ..problems import Lapse, Problem
from ..wording import COLON, choose, printable, text

SHOWN_OF_A_KIND = 8
"""Text output lists this many problems of one rule with one message shape, then counts the rest."""


def as_data(report: Report, language: str) -> dict[str, Any]:
    """The `check` object of the contract."""
    system, coverage = report.system, report.coverage.values()
    catalogue = system.catalogue
    return {
        "schema": 1,
        "standard": f"{catalogue.number} {catalogue.version}",
        "as_of": system.as_of.isoformat(),
        "commit": system.history.commit,
        "requirements": {
            "total": len(report.coverage),
            "evidenced": sum(row.status == "evidenced" for row in coverage),
            "failing": sum(row.status == "failing" for row in coverage),
            "not_applicable": sum(row.status == "not_applicable" for row in coverage),
            "judged_by_auditor": sum(row.judgement != "none" for row in coverage),
        },
        "coverage": [
            {
                "id": row.id, "status": row.status, "judgement": row.judgement, "basis": row.basis,
                "evidence": list(row.evidence), "problems": row.problems, "lapses": row.lapses,
            }
            for row in coverage
        ],
        "problems": [problem_data(report, found, language) for found in report.problems],
        "lapses": [lapse_data(lapse) for lapse in report.lapses],
    }  # fmt: skip


def lapse_data(lapse: Lapse) -> dict[str, Any]:
    """One treated lapse as the contract shows it."""
    found = lapse.problem
    first = found.requirements[0] if found.requirements else None
    return {"rule": found.rule, "path": found.place.path, "requirement": first, "treated_by": lapse.treated_by}


def problem_data(report: Report, found: Problem, language: str) -> dict[str, Any]:
    """One problem as the contract shows it."""
    catalogue = report.system.catalogue
    known = [identifier for identifier in found.requirements if identifier in catalogue.requirements]
    data: dict[str, Any] = {
        "rule": found.rule, "level": found.level, "class": found.problem_class, "basis": found.basis,
        "path": found.place.path, "line": found.place.line, "column": found.place.column,
        "clause": catalogue.numbered(found.requirements),
        "requirement": known[0] if known else None,
        "message": message(found, language), "remedy": remedy(found, language),
    }  # fmt: skip
    if len(known) > 1:
        data["requirements"] = known
    return data


def message(found: Problem, language: str) -> str:
    return text(f"rules.{found.rule}.message", language, **found.facts)


def remedy(found: Problem, language: str) -> str:
    """What to do; a hint at a near word is left out when there is none."""
    return text(f"rules.{found.rule}.remedy", language, **found.facts)


def to_json(report: Report, language: str) -> str:
    return json.dumps(as_data(report, language), ensure_ascii=False, indent=1)


def to_text(report: Report, language: str, everything: bool = False) -> str:
    """For people: gaps by clause and by what sort of gap they are, then the account of the requirements."""
    lines: list[str] = []
    shown: Counter[tuple[str, str]] = Counter()
    for section in sections(report.system, report.problems, report.coverage):
        told: set[str] = set()
        inner: list[str] = []
        for group, problems in section.problems.items():
            kept = [found for found in problems if everything or _counted(shown, found) <= SHOWN_OF_A_KIND]
            if kept:
                inner.append(f"  [{text(f'gaps.group.{group}', language)}]")
            for found in kept:
                inner += _lines(report, found, language, told)
        if everything:
            inner += _to_ask(section, language)
        if inner:
            lines += ["", _heading(report, section.clause, language), *inner]
    hidden = sum(count - SHOWN_OF_A_KIND for count in shown.values() if count > SHOWN_OF_A_KIND)
    if hidden:
        lines += ["", "  " + text("check.more", language, count=hidden)]
    return "\n".join([*lines, *_summary(report, language)]).lstrip("\n")


def _counted(shown: Counter[tuple[str, str]], found: Problem) -> int:
    """How many of this rule in this file, or in this folder of records, have come so far."""
    path = found.place.path
    shown[found.rule, path.rsplit("/", 1)[0] if path.startswith("records/") else path] += 1
    return shown[found.rule, path.rsplit("/", 1)[0] if path.startswith("records/") else path]


def _heading(report: Report, clause: str, language: str) -> str:
    known = report.system.catalogue.clauses.get(clause)
    return f"{clause} {choose(known.title, language)}" if known else text("gaps.general", language)


def _to_ask(section: Section, language: str) -> list[str]:
    """What is no problem of ours: rows nobody has verified, and what only the auditor can judge."""
    lines = [f"  [{text('gaps.group.unverified', language)}]"] if section.unverified else []
    lines += [f"    {printable(row.entry.path)} {printable(f'{row.id} {row.title}')}" for row in section.unverified]
    lines += [f"  [{text('gaps.group.judged', language)}]"] if section.judged else []
    lines += [f"    {asked.id}  {choose(asked.question, language)}" for asked in section.judged]
    return lines


def _lines(report: Report, found: Problem, language: str, told: set[str]) -> list[str]:
    """Where, what and what to do; advice already given for this clause is not repeated."""
    named = [i for i in found.requirements if i in report.system.catalogue.requirements]
    clause = ", ".join(named[:4]) + ("…" if len(named) > 4 else "")
    clause = clause or report.system.catalogue.numbered(found.requirements) or ""
    tags = [text(f"check.level.{found.level}", language), found.rule]
    if clause:
        tags.append(text("check.clause", language, clause=clause))
    tags.append(text(f"check.basis.{found.basis}", language))
    where = "".join(f":{number}" for number in (found.place.line, found.place.column) if number)
    lines = [f"  {printable(found.place.path)}{where}", f"    {' · '.join(tags)}", f"    {message(found, language)}"]
    colon = COLON[language]
    cure = cure_of(report.system, found)
    start = cure.command or (cure.path if cure.path != found.place.path else "")
    for key, said in (("check.remedy", remedy(found, language)), ("gaps.start", printable(start))):
        if said and said not in told:
            lines.append(f"    {text(key, language)}{colon}{said}")
            told.add(said)
    return lines


def _summary(report: Report, language: str) -> list[str]:
    data = as_data(report, language)
    numbers = data["requirements"]
    name = choose(report.system.organisation.get("name"), language) or "?"
    warnings = len(report.problems) - report.errors
    return [
        "",
        text("check.summary_title", language, organisation=name, standard=data["standard"], as_of=data["as_of"]),
        text("check.summary", language, judged=numbers["judged_by_auditor"],
             **{key: numbers[key] for key in ("total", "evidenced", "failing", "not_applicable")}),
        text("check.chapters", language, chapters=" · ".join(_chapters(report))),
        text("check.count", language, errors=report.errors, warnings=warnings)
        if report.problems else text("check.clean", language),
        *([text("check.settled", language, lapses=len(report.lapses), waived=len(report.waived))]
          if report.lapses or report.waived else []),
        *([text("check.unverified", language, count=open_)] if (open_ := len(list(unverified(report.system)))) else []),
    ]  # fmt: skip


def _chapters(report: Report) -> list[str]:
    """Per chapter how many requirements are not failing, of how many: how far somebody who fills in has got."""
    whole: dict[str, int] = {}
    carried: dict[str, int] = {}
    for row in report.coverage.values():
        chapter = row.id.split(".")[0]
        whole[chapter] = whole.get(chapter, 0) + 1
        carried[chapter] = carried.get(chapter, 0) + (row.status != "failing")
    return [f"{chapter}: {carried[chapter]}/{count}" for chapter, count in whole.items()]


def to_github(report: Report, language: str) -> str:
    """Workflow commands; data and properties escaped as the runner wants them."""
    rows = []
    for found in report.problems:
        place = found.place
        where = f"file={_property(place.path)},line={place.line or 1},col={place.column or 1}"
        body = _data(f"{message(found, language)} {remedy(found, language)}")
        rows.append(f"::{found.level} {where},title={_property(_title(report, found, language))}::{body}")
    return "\n".join(rows)


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def _title(report: Report, found: Problem, language: str) -> str:
    clause = report.system.catalogue.numbered(found.requirements)
    return f"{found.rule} {text('check.clause', language, clause=clause) if clause else ''}".strip()


def _fingerprint(found: Problem) -> str:
    """The same defect keeps its fingerprint when lines move."""
    facts = json.dumps({k: found.facts[k] for k in sorted(found.facts)}, ensure_ascii=False, default=dict)
    return hashlib.sha256(f"{found.rule}\0{found.place.path}\0{found.requirements}\0{facts}".encode()).hexdigest()


def to_gitlab(report: Report, language: str) -> str:
    return json.dumps(
        [
            {
                "description": message(found, language), "check_name": found.rule, "fingerprint": _fingerprint(found),
                "severity": "major" if found.level == "error" else "minor",
                "location": {"path": found.place.path, "lines": {"begin": found.place.line or 1}},
            }
            for found in report.problems
        ],
        ensure_ascii=False, indent=1,
    )  # fmt: skip


def to_sarif(report: Report, language: str) -> str:
    rules = sorted({found.rule for found in report.problems})
    results = [
        {
            "ruleId": found.rule,
            "level": found.level,
            "message": {"text": f"{message(found, language)} {remedy(found, language)}"},
            "partialFingerprints": {"clausebook/v1": _fingerprint(found)},
            "locations": [{"physicalLocation": {
                "artifactLocation": {"uri": found.place.path, "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": found.place.line or 1, "startColumn": found.place.column or 1},
            }}],
        }
        for found in report.problems
    ]  # fmt: skip
    driver = {
        "name": "clausebook",
        "rules": [{"id": rule, "shortDescription": {"text": text(f"rules.{rule}.title", language)}} for rule in rules],
    }
    sarif = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }
    return json.dumps(sarif, ensure_ascii=False, indent=1)


def to_junit(report: Report, language: str) -> str:
    """One test case per requirement, so that the clause matrix shows in every CI."""
    cases = []
    for row in report.coverage.values():
        requirement = report.system.catalogue.requirements[row.id]
        against = [f for f in report.problems if row.id in f.requirements and f.level == "error"]
        inner = "".join(
            f"<failure message={quoteattr(_xml(message(f, language)))} type={quoteattr(f.rule)}/>" for f in against[:1]
        )
        if row.status == "not_applicable":
            inner = "<skipped/>"
        name = quoteattr(_xml(f"{row.id} {choose(requirement.text, language)}"))
        cases.append(f"<testcase classname={quoteattr('clause ' + requirement.clause)} name={name}>{inner}</testcase>")
    counts = as_data(report, language)["requirements"]
    numbers = f'tests="{len(cases)}" failures="{counts["failing"]}" skipped="{counts["not_applicable"]}"'
    head = f'<testsuite name="clausebook" {numbers}>'
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + head + "".join(cases) + "</testsuite>"


def _xml(value: str) -> str:
    return "".join(
        ch for ch in value if ch in "\t\n\r" or " " <= ch <= "\ud7ff" or "\ue000" <= ch <= "\ufffd" or ch > "\uffff"
    )


FORMATS: Mapping[str, Callable[[Report, str], str]] = {
    "text": to_text,
    "json": to_json,
    "github": to_github,
    "gitlab": to_gitlab,
    "sarif": to_sarif,
    "junit": to_junit,
}
