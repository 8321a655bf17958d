"""The manual of a rule or a clause as plain text; the same words stand on the site."""

from __future__ import annotations

from collections.abc import Mapping

from ..clauses import Catalogue, Requirement, Selector
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
    lines += [f"  - {selector_words(selector, kinds, language)}" for selector in requirement.evidence]
    return lines


def selector_words(selector: Selector, kinds: Mapping[str, Kind], language: str) -> str:
    """One selector in words: kind, part, condition, fields, number, period, basis."""
    join = "、" if language == "zh" else ", "
    name = join.join(choose(kinds[kind].title, language) for kind in selector.kinds if kind in kinds)
    if selector.document:
        name = text("check.document_for", language, clause=selector.document, kinds=name or "*")
    parts = [name]
    if selector.select:
        parts.append("/".join(selector.select))
    parts += [f"{field}={wanted}" for field, wanted in selector.where.items() if wanted not in (None, "*")]
    if selector.each:
        parts.append(join.join(selector.each))
    if selector.any_of:
        parts.append(" | ".join(selector.any_of))
    if selector.covers:
        parts.append(f"{selector.covers[0]}: {join.join(selector.covers[1])}")
    if selector.sections:
        parts.append(join.join("#" + anchor for anchor in selector.sections))
    if selector.minimum > 1:
        parts.append(f"≥ {selector.minimum}")
    if selector.within:
        parts.append(f"≤ {selector.within[1]} " + ("个月" if language == "zh" else "months"))
    return " · ".join([*parts, text(f"check.basis.{selector.basis}", language)])
