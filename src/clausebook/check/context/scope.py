"""4.3 Scope: everything the organisation has is in it or left out with a reason, and the certificate says the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from ...measure import Measured
from ...measure.moments import child, day, rows, word, words
from ...measure.retirements import PARTS, retirements
from ...model import Entry, System
from ...problems import Problem, Rule
from ...wording import LANGUAGES
from ..reporting import found, process_id

SCOPE_LEAVES_OUT = Rule("scope-leaves-out", "contradiction", "explicit")
SCOPE_IN_AND_OUT = Rule("scope-in-and-out", "contradiction", "own")
SCOPE_OF_WHAT_IS_GONE = Rule("scope-of-what-is-gone", "contradiction", "own")
SCOPE_WITHOUT_PROCESS = Rule("scope-without-process", "contradiction", "own")
EXCLUDED_YET_HANDLED = Rule("excluded-yet-handled", "contradiction", "implied")
CERTIFICATE_SCOPE_DIFFERS = Rule("certificate-scope-differs", "contradiction", "own")
SCOPE_TEXT_DIFFERS = Rule("scope-text-differs", "contradiction", "implied")
RULES = (
    SCOPE_LEAVES_OUT, SCOPE_IN_AND_OUT, SCOPE_OF_WHAT_IS_GONE, SCOPE_WITHOUT_PROCESS, EXCLUDED_YET_HANDLED,
    CERTIFICATE_SCOPE_DIFFERS, SCOPE_TEXT_DIFFERS,
)  # fmt: skip
READS = frozenset({
    "scope", "organization", "context", "interested-parties", "obligations", "process", "complaint", "audit",
})  # fmt: skip

SERVES = {"products": "4.3.c", "sites": "4.3.c", "departments": "4.3.c", "channels": "4.3.det"}
CONSIDERED = {"context": "4.3.a", "parties": "4.3.b", "obligations": "4.3.b"}
SINGULAR = {"product": "products", "site": "sites", "department": "departments"}
CERTIFIED = ("certificate", "scope")
CERTIFYING = frozenset({"applied", "valid", "suspended"})
NOT_OURS = frozenset({"transferred", "not_complaint", "duplicate", "withdrawn"})
"""Ways in which a case of an excluded business may end without having been handled here."""


def check(system: System, measured: Measured) -> Iterator[Problem]:
    gone = retirements(system)
    for entry in system.of("scope"):
        for part in PARTS:
            yield from _part(system, entry, part, gone)
        yield from _considered(entry, gone)
        listed = words(entry.value, "processes")
        for process in system.of("process"):
            if listed and process_id(process) not in listed:
                facts = {"process": process_id(process)}
                yield found(SCOPE_WITHOUT_PROCESS, entry, ("processes",), ("4.3.c", "4.4.1.proc"), facts=facts)
        yield from _handled(system, entry)
        yield from _certificate(system, entry)


def _part(system: System, entry: Entry, part: str, gone: Mapping[str, date]) -> Iterator[Problem]:
    listed, left_out = words(entry.value, part), _excluded(entry, part)
    if not listed:
        return  # that the scope names none is said by the evidence
    for row in rows(system.organisation, part):
        name = str(row.get("id"))
        facts = {"thing": name}
        if name not in gone and name not in listed and name not in left_out:
            yield found(SCOPE_LEAVES_OUT, entry, (part,), (SERVES[part],), facts=facts)
        if name in listed and name in left_out:
            yield found(SCOPE_IN_AND_OUT, entry, (part, listed.index(name)), ("4.3.det",), facts=facts)
    yield from _gone(entry, (part,), SERVES[part], gone)


def _excluded(entry: Entry, part: str) -> set[str]:
    return {name for row in rows(entry.value, "exclusions") for name in words(row, part)}


def _considered(entry: Entry, gone: Mapping[str, date]) -> Iterator[Problem]:
    for key, requirement in CONSIDERED.items():
        yield from _gone(entry, ("considered", key), requirement, gone)


def _gone(entry: Entry, at: tuple[str, ...], requirement: str, gone: Mapping[str, date]) -> Iterator[Problem]:
    """Gone already when this version came into force, or all of them gone since."""
    effective, names = day(entry.value, "effective_on"), words(entry.value, *at)
    for index, name in enumerate(names):
        before = name in gone and effective is not None and gone[name] <= effective
        if before or (name in gone and set(names) <= set(gone)):
            yield found(SCOPE_OF_WHAT_IS_GONE, entry, (*at, index), (requirement,), facts={"thing": name})


def _handled(system: System, entry: Entry) -> Iterator[Problem]:
    """A business that is left out and yet complained about and answered here affects customers after all."""
    out = {part: _excluded(entry, part) for part in PARTS}
    for case in system.of("complaint"):
        basis = word(case.value, "closure", "basis")
        if basis is None or basis in NOT_OURS:
            continue
        for key, part in SINGULAR.items():
            name = word(case.value, key)
            if name is not None and name in out[part]:
                yield found(EXCLUDED_YET_HANDLED, case, (key,), ("4.3.c", "4.3.det"), facts={"thing": name})


def _certificate(system: System, entry: Entry) -> Iterator[Problem]:
    """What an audit certified is the text of the scope in one of its languages, what org.yaml says of the certificate
    is it in the same language."""
    own = {language: _plain(child(entry.value, "certificate_scope", language)) for language in LANGUAGES}
    for audit in system.of("audit"):
        certified = _plain(child(audit.value, "certificate", "scope"))
        if certified and any(own.values()) and certified not in own.values():
            yield found(CERTIFICATE_SCOPE_DIFFERS, audit, ("certificate", "scope"), ("4.3.doc",), where=entry.id)
    for organisation in system.of("organization"):
        for language in LANGUAGES:
            said, at = _plain(child(organisation.value, *CERTIFIED, language)), (*CERTIFIED, language)
            if said and own[language] and said != own[language]:
                yield found(CERTIFICATE_SCOPE_DIFFERS, organisation, at, ("4.3.doc",), where=entry.id)
    written = own.get(str(entry.value.get("language")), "")
    under_way = word(system.organisation, "certificate", "status") in CERTIFYING
    if under_way and written and written not in _plain(entry.body):
        yield found(SCOPE_TEXT_DIFFERS, entry, ("certificate_scope",), ("4.3.doc",))


def _plain(text: Any) -> str:
    """Without blanks and line ends, which no reader sees."""
    return "".join(text.split()) if isinstance(text, str) else ""
