"""What must exist: the one generic rule that executes the catalogue's evidence selectors (architecture 1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..clauses import Selector
from ..load.positions import place
from ..measure import Measured
from ..measure.evidence import Lack
from ..model import Kind, System
from ..problems import Bilingual, Fact, Place, Problem, Rule, problem
from ..wording import LANGUAGES, text
from . import phrases

EVIDENCE_MISSING = Rule("evidence-missing", "contradiction", "explicit")
EVIDENCE_TOO_FEW = Rule("evidence-too-few", "due", "own")
EVIDENCE_NOT_COVERED = Rule("evidence-not-covered", "contradiction", "explicit")
EVIDENCE_INCOMPLETE = Rule("evidence-incomplete", "contradiction", "explicit")
SECTION_MISSING = Rule("section-missing", "contradiction", "explicit")
RULES = (EVIDENCE_MISSING, EVIDENCE_TOO_FEW, EVIDENCE_NOT_COVERED, EVIDENCE_INCOMPLETE, SECTION_MISSING)


def check(system: System, measured: Measured) -> Iterator[Problem]:
    exempt = declared_not_applicable(system)
    for identifier, evidence in measured.evidence.items():
        if identifier in exempt:
            continue
        for lack in evidence.lacks:
            if not _unread(system, lack):
                yield _problem(system, identifier, lack)


def attributed(system: System, measured: Measured) -> Iterator[Problem]:
    """The problems of reading, each with the requirements whose evidence cannot be seen because of it."""
    asked: dict[str, list[str]] = {}
    for identifier, evidence in measured.evidence.items():
        for lack in evidence.lacks:
            for kind in lack.selector.kinds if _unread(system, lack) else ():
                asked.setdefault(kind, []).append(identifier)
    for found in system.problems:
        kind = system.broken.get(found.place.path, "")
        requirements = tuple(dict.fromkeys(asked.get(kind, ())))
        yield replace(found, requirements=requirements) if requirements else found


def declared_not_applicable(system: System) -> set[str]:
    """Requirements that org.yaml rightly leaves out (corrections 9); wrong ones: applicability.py."""
    rows = system.organisation.get("not_applicable")
    requirements = system.catalogue.requirements
    return {
        str(row.get("requirement"))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
        and (requirement := requirements.get(str(row.get("requirement")))) is not None
        and may_be_left_out(system, requirement.not_applicable)
    }


def lean(system: System) -> bool:
    """A small firm keeps few papers; what we ask on top of the standard for completeness' sake it is not asked."""
    return system.organisation.get("profile") == "lean"


def may_be_left_out(system: System, condition: str | None) -> bool:
    if condition == "no-provider":
        return not any(entry.value.get("items") for entry in system.of("providers"))
    return condition in ("no-gap", "reason")


def _unread(system: System, lack: Lack) -> bool:
    """True when the evidence may be in a file that could not be read."""
    return lack.thing is None and bool(set(lack.selector.kinds) & set(system.broken.values()))


def _problem(system: System, requirement: str, lack: Lack) -> Problem:
    selector = lack.selector
    kinds = [system.kinds[name] for name in selector.kinds if name in system.kinds]
    asked = (requirement,)
    if lack.thing is not None:
        entry = lack.thing.entry
        if lack.what == "section":
            at = place(entry)
            return problem(SECTION_MISSING, at, asked, basis=selector.basis, anchor=lack.detail, id=entry.id)
        where = place(entry, lack.pointer)
        field = {lang: phrases.field([entry.kind], selector, lack.detail, lang) for lang in LANGUAGES}
        return problem(EVIDENCE_INCOMPLETE, where, asked, basis=selector.basis, field=field, id=entry.id)
    what = phrases.wanted(kinds, selector)
    where = _place_for(system, kinds)
    if lack.what == "not-covered":
        return problem(
            EVIDENCE_NOT_COVERED,
            where,
            asked,
            basis=selector.basis,
            what=what,
            value=_covered(kinds, selector, lack.detail),
        )
    if lack.what == "too-few" or (selector.within and any(True for _ in system.of(*selector.kinds))):
        months = selector.within[1] if selector.within else 0
        facts: dict[str, Fact] = {
            "what": what,
            "found": lack.found,
            "wanted": selector.minimum,
            "period": _period(months),
        }
        return problem(EVIDENCE_TOO_FEW, where, asked, basis=selector.basis, facts=facts)
    return problem(EVIDENCE_MISSING, where, asked, basis=selector.basis, what=what)


def _place_for(system: System, kinds: list[Kind]) -> Place:
    """The file in which it should be: the one there is, else the default place, without a line."""
    for kind in kinds:
        entry = system.first(kind.name)
        if entry is not None and kind.information == "maintain" and not kind.markdown:
            return Place(entry.path)
    return Place(kinds[0].paths[0].split("*")[0] if kinds else "system/")


def _covered(kinds: list[Kind], selector: Selector, detail: str) -> Bilingual:
    name = selector.covers[0] if selector.covers else ""
    return {language: phrases.value(kinds, selector, name, detail, language) for language in LANGUAGES}


def _period(months: int) -> Bilingual:
    return {language: text("check.within", language, months=months) if months else "" for language in LANGUAGES}
