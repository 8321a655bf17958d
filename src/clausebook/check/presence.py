"""What must exist: the one generic rule that executes the catalogue's evidence selectors (architecture 1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..load.positions import place
from ..load.schemas import below
from ..measure import Measured
from ..measure.evidence import Lack
from ..model import Entry, Kind, System
from ..problems import Bilingual, Fact, Place, Problem, Rule, problem

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
        field = _field(entry, lack)
        return problem(EVIDENCE_INCOMPLETE, where, asked, basis=selector.basis, field=field, id=entry.id)
    what = _wanted(system, lack, kinds)
    where = _place_for(system, kinds)
    if lack.what == "not-covered":
        return problem(
            EVIDENCE_NOT_COVERED,
            where,
            asked,
            basis=selector.basis,
            what=what,
            value=_label(system, lack, kinds),
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


def _field(entry: Entry, lack: Lack) -> Bilingual:
    chain = below(entry.kind.shape, lack.pointer)
    title = chain[-1].title if len(chain) == len(lack.pointer) + 1 else {"zh": "", "en": ""}
    name = lack.detail
    return {
        "zh": f"{title['zh']}（{name}）" if title["zh"] else name,
        "en": f"{title['en']} ({name})" if title["en"] else name,
    }


def _wanted(system: System, lack: Lack, kinds: list[Kind]) -> Bilingual:
    """What is looked for, in words: the kind, the part of it, and the condition."""
    words = {}
    for language in ("zh", "en"):
        names = [kind.title[language] for kind in kinds]
        name = ("、" if language == "zh" else ", ").join(names[:3])
        if lack.selector.document:
            from ..wording import text

            name = text("check.document_for", language, clause=lack.selector.document, kinds=name)
        conditions = [f"{field}={wanted}" for field, wanted in lack.selector.where.items() if wanted not in (None, "*")]
        part = "/".join(lack.selector.select)
        extra = "; ".join(filter(None, [part, *conditions]))
        words[language] = f"{name}（{extra}）" if extra and language == "zh" else f"{name} ({extra})" if extra else name
    return words


def _label(system: System, lack: Lack, kinds: list[Kind]) -> Bilingual:
    """The value that is not covered, with its label from the schema."""
    assert lack.selector.covers is not None
    field = tuple(lack.selector.covers[0].split("."))
    for kind in kinds:
        shape = kind.shape
        for step in (*lack.selector.select, *field):
            while shape.items is not None:
                shape = shape.items
            shape = shape.properties.get(step, shape)
        shape = shape.items or shape
        if lack.detail in shape.labels:
            label = shape.labels[lack.detail]
            return {"zh": f"{label['zh']}（{lack.detail}）", "en": f"{label['en']} ({lack.detail})"}
    return {"zh": lack.detail, "en": lack.detail}


def _period(months: int) -> Bilingual:
    if not months:
        return {"zh": "", "en": ""}
    return {"zh": f"最近 {months} 个月内", "en": f"in the last {months} months"}
