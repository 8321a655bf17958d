"""The manual of the rules: contents, and a page for each chapter with what each rule finds, why, and the cure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..check.rules import SECTIONS
from ..measure.moments import rows
from ..problems import Rule
from ..wording import COLON
from . import gate
from .atlas import clause_page
from .book import RULE_MANUAL, Book, Lines, page, rule_page
from .explain import manual_of, tags_of
from .listing import box, pick
from .values import chip


def make(book: Book) -> Iterator[tuple[str, str]]:
    shown = {section: rules for section, rules in SECTIONS.items() if rules}
    yield RULE_MANUAL, page(book, RULE_MANUAL, book.say("rules"), _contents(book, shown), wide=True)
    for section, rules in shown.items():
        here = rule_page(section)
        title = book.say("rules") + COLON[book.language] + _name(book, section)
        yield here, page(book, here, title, _section(book, rules, here))


def _name(book: Book, section: str) -> str:
    clause = book.system.catalogue.clauses.get(section)
    return f"{section} {book.choose(clause.title)}" if clause else book.tell(f"gaps.rules.section.{section}")


def _contents(book: Book, sections: Mapping[str, Sequence[Rule]]) -> Lines:
    """The chapters with their counts, then every rule in one table that can be filtered."""
    yield book.say("rules_lead")
    yield ""
    yield book.tell("gaps.rules.count", count=sum(map(len, sections.values())))
    yield ""
    for section, rules in sections.items():
        link = gate.link(gate.text(_name(book, section)), book.atlas.to(rule_page(section), RULE_MANUAL))
        yield f"- {link} · {len(rules)}"
    yield ""
    facets = {name: book.tell(f"gaps.rules.{name}") for name in ("part", "class", "basis")}
    yield from box(book, _table(book, sections), facets, look="cards", repeats=True)


def _table(book: Book, sections: Mapping[str, Sequence[Rule]]) -> Lines:
    yield from gate.header(book.tell(f"gaps.rules.{name}") for name in ("name", "part", "class", "basis", "id"))
    for rank, (section, rules) in enumerate(sections.items()):
        part = pick("part", section, gate.text(_name(book, section)), f"{rank:02d}")
        for rule in sorted(rules, key=lambda rule: rule.id):
            title = gate.text(book.tell(f"rules.{rule.id}.title"))
            link = gate.link(title, book.atlas.to(rule_page(section), RULE_MANUAL, rule.id))
            sort = pick("class", rule.problem_class, book.tell(f"check.class.{rule.problem_class}"))
            basis = pick("basis", rule.basis, book.tell(f"check.basis.{rule.basis}"))
            yield gate.row(f'<a id="{rule.id}"></a>{link}', part, sort, basis, _id(rule))


def _id(rule: Rule) -> str:
    return f"<code>{gate.text(rule.id)}</code>"


def _section(book: Book, rules: Sequence[Rule], here: str) -> Lines:
    changed = {str(row.get("rule")): row for entry in book.system.of("waivers") for row in rows(entry.value, "levels")}
    yield gate.link(book.tell("gaps.rules.contents"), book.atlas.to(RULE_MANUAL, here))
    yield ""
    for rule in sorted(rules, key=lambda rule: rule.id):
        said = manual_of(rule, book.system.catalogue, book.language)
        yield f"## {gate.text(said.title)} {{#{rule.id}}}"
        yield ""
        yield f"{_id(rule)} · {' · '.join(map(gate.text, tags_of(rule, book.language)))}"
        yield ""
        if rule.id in changed:
            yield f"{chip('warn', book.tell('gaps.rules.changed'))} {gate.text(changed[rule.id].get('reason', ''))}"
            yield ""
        parts = [("seen", said.seen), ("why", said.why), ("example", said.example), ("cure", said.remedy)]
        for name, part in parts:
            if part:
                clauses = " ".join(_clause(book, clause, here) for clause in said.clauses) if name == "why" else ""
                yield f"**{book.tell(f'gaps.rules.{name}')}** {gate.text(part)} {clauses}".rstrip()
                yield ""


def _clause(book: Book, clause: str, here: str) -> str:
    """A clause by number and short title; one without requirements of its own has no page."""
    name = gate.text(f"{clause} {book.choose(book.system.catalogue.clauses[clause].title)}")
    own = any(requirement.clause == clause for requirement in book.system.catalogue.requirements.values())
    return gate.link(name, book.atlas.to(clause_page(clause), here)) if own else name
