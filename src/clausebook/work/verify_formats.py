"""What `clausebook verify` found, in words and as JSON; never without what it cannot prove."""

from __future__ import annotations

import json
from typing import Any

from ..publish.formats import message, problem_data, remedy
from ..wording import messages, printable, text
from .verifying import Verified


def to_text(found: Verified, language: str) -> str:
    lines = [text("verify.title", language, commit=found.commit[:12])]
    if found.anchor is not None:
        facts = {"commit": found.anchor["commit"][:12], "as_of": str(found.anchor.get("as_of"))}
        lines.append(text("verify.anchor", language, digest=str(found.anchor["digest"]), **facts))
    lines.append("")
    lines += [text(f"verify.looked.{key}", language, count=count) for key, count in found.counts.items() if count]
    lines += [text(f"verify.left_out.{part}", language) for part in left_out(found)]
    for one in found.findings:
        said, cure = (text(f"verify.{part}.{one.what}", language, **one.facts) for part in ("finding", "remedy"))
        lines += ["", f"{text('check.level.error', language)} {said}", f"  {text('check.remedy', language)}: {cure}"]
    for problem in found.problems:
        place = printable(f"{problem.place.path}:{problem.place.line or 1}")
        lines += ["", f"{place} {problem.rule} {message(problem, language)}"]
        lines.append(f"  {text('check.remedy', language)}: {remedy(problem, language)}")
    lines += ["", text("verify.holds" if found.holds else "verify.fails", language), *_limits(language)]
    return "\n".join(lines)


def left_out(found: Verified) -> list[str]:
    """What was not given, and so was not compared: a site or anchor, or the files beside an anchor."""
    if found.anchor is None:
        return [] if found.findings else ["anchor"]
    return [] if found.counts.get("files") else ["files"]


def to_json(found: Verified, language: str) -> str:
    anchor = found.anchor
    known = {key: anchor.get(key) for key in ("commit", "tree", "as_of", "digest")} if anchor is not None else None
    data: dict[str, Any] = {
        "schema": 1,
        "commit": found.commit,
        "holds": found.holds,
        "anchor": known,
        "proved": dict(found.counts),
        "left_out": left_out(found),
        "findings": [
            {
                "what": one.what, **one.facts, "message": text(f"verify.finding.{one.what}", language, **one.facts),
                "remedy": text(f"verify.remedy.{one.what}", language, **one.facts),
            } for one in found.findings
        ],
        "problems": [problem_data(found.report, p, language) for p in found.problems if found.report is not None],
        "not_proved": _limits(language)[1:],
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False, indent=1)


def _limits(language: str) -> list[str]:
    keys = sorted(key for key in messages(language) if key.startswith("verify.limit."))
    return [text("verify.limits", language), *(f"- {text(key, language)}" for key in keys)]
