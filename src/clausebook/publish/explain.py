"""The manual of a rule or a clause as plain text; the same words stand on the site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..check.phrases import whole
from ..clauses import Catalogue, Requirement
from ..model import Kind
from ..problems import Rule
from ..wording import AGREEING, FACT, OPTIONAL, choose, messages, text

CITED = re.compile(r"(?<![A-Za-z0-9.])(?:10|[4-9])(?:\.[0-9]+)+(?![0-9])")
NUMBER = re.compile(r"^…[：:] *")
PARTS = ("message", "why", "remedy")


@dataclass(frozen=True, slots=True)
class Manual:
    """What the manual says of a rule, in one language. `example` is empty where nobody has written one."""

    title: str
    seen: str
    why: str
    remedy: str
    example: str
    clauses: tuple[str, ...]


def manual_of(rule: Rule, catalogue: Catalogue, language: str) -> Manual:
    """All from the locale; the clauses are those that the reason cites, as far as the standard has them."""
    raw = messages(language)
    seen, why, cure = (_plainly(str(raw[f"rules.{rule.id}.{part}"])) for part in PARTS)
    clauses = tuple(dict.fromkeys(c for c in CITED.findall(why) if c in catalogue.clauses))
    example = str(raw.get(f"examples.{rule.id}", "")).strip()
    return Manual(text(f"rules.{rule.id}.title", language), seen, why, cure, example, clauses)


def _plainly(template: str) -> str:
    """A message without its facts: an ellipsis stands for each; what may be left out is there, the number is not."""
    told = AGREEING.sub(r"\2", OPTIONAL.sub(r"\1", template.strip()))
    return NUMBER.sub("", FACT.sub("…", told).replace("{{", "{").replace("}}", "}"))


def rule_manual(rule: Rule, catalogue: Catalogue, language: str) -> str:
    """Title, class, basis and level; what is seen, why, an example, how to cure it."""
    said = manual_of(rule, catalogue, language)
    lines = [f"{rule.id} — {said.title}", " · ".join(tags_of(rule, language)), ""]
    parts = (("seen", said.seen), ("why", said.why), ("example", said.example), ("cure", said.remedy))
    lines += [f"{text(f'gaps.rules.{name}', language)} {part}" for name, part in parts if part]
    for clause in said.clauses:
        lines += [f"  {catalogue.number} {clause} {choose(catalogue.clauses[clause].title, language)}"]
    return "\n".join(lines)


def tags_of(rule: Rule, language: str) -> list[str]:
    """Class, basis, level, and the number it had in the requirements."""
    level = rule.level or ("warning" if rule.basis == "implied" else "error")
    named = (("class", rule.problem_class), ("basis", rule.basis), ("level", level))
    return [*(text(f"check.{kind}.{value}", language) for kind, value in named), *filter(None, [rule.source])]


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
