"""The manual of a rule or a clause as plain text; the same words stand on the site."""

from __future__ import annotations

from collections.abc import Mapping

from ..check.phrases import whole
from ..clauses import Catalogue, Requirement
from ..model import Kind
from ..problems import Rule
from ..wording import choose, messages, text


def rule_manual(rule: Rule, language: str) -> str:
    """Title, what is seen, what to do and why, with class and basis."""
    raw = messages(language)
    part = {name: str(raw[f"rules.{rule.id}.{name}"]).strip() for name in ("title", "message", "remedy", "why")}
    basis = text(f"check.basis.{rule.basis}", language)
    problem_class = text(f"check.class.{rule.problem_class}", language)
    lines = [
        f"{rule.id} — {part['title']}",
        f"{problem_class} · {basis}" + (f" · {rule.source}" if rule.source else ""),
        "",
        part["message"].replace("{{", "{").replace("}}", "}"),
        "",
        f"{text('check.remedy', language)}: {part['remedy']}".replace("{{", "{").replace("}}", "}"),
        "",
        part["why"],
    ]
    return "\n".join(lines)


def clause_manual(catalogue: Catalogue, name: str, kinds: Mapping[str, Kind], language: str) -> str:
    """Every requirement at or below a clause: what is required, how it is judged, what is its evidence."""
    clause = catalogue.clauses.get(name)
    lines = [f"{catalogue.number} {name} {choose(clause.title, language) if clause else ''}".rstrip()]
    if clause and (clause.iso9001 or clause.iso10002):
        lines.append(
            f"ISO 9001:2015 {', '.join(clause.iso9001) or '-'} · ISO 10002:2018 {', '.join(clause.iso10002) or '-'}"
        )
    for requirement in catalogue.below(name):
        lines += ["", *requirement_lines(requirement, kinds, language)]
    return "\n".join(lines)


def requirement_lines(requirement: Requirement, kinds: Mapping[str, Kind], language: str) -> list[str]:
    lines = [f"{requirement.id}  {choose(requirement.text, language)}"]
    lines.append(f"  {text(f'check.judgement.{requirement.judgement}', language)}")
    if requirement.question:
        lines.append(f"  ? {choose(requirement.question, language)}")
    for selector in requirement.evidence:
        lines.append(f"  - {whole([kinds[kind] for kind in selector.kinds if kind in kinds], selector, language)}")
    return lines
