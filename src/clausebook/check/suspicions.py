"""Patterns that are possible but rarely honest: asked as a question, never as an accusation (8.2 to 8.7, 7.3, 9.2).

Each needs several records that all point the same way. None says that anything is false; all ask somebody to look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean

from ..measure import Measured
from ..measure.cases import Case
from ..measure.moments import child, day, moment, rows, word, words, zone_of
from ..measure.rhythm import months_after
from ..measure.states import rounds
from ..model import Entry, Pointer, System
from ..problems import Fact, Problem, Rule
from .reporting import found, joined

SCORES_ALL_TOP = Rule("scores-all-top", "contradiction", "implied")
TEXTS_COPIED = Rule("texts-copied", "contradiction", "implied")
ENDINGS_UNHEARD = Rule("endings-unheard", "contradiction", "implied")
SILENT_MONTH = Rule("silent-month", "contradiction", "implied")
DECIDED_IN_A_ROW = Rule("decided-in-a-row", "contradiction", "implied")
TIME_CORRECTED = Rule("time-corrected", "contradiction", "implied")
DEVIATION_BY_HANDLER = Rule("deviation-by-handler", "contradiction", "implied")
SHEET_USED_TWICE = Rule("sheet-used-twice", "contradiction", "implied")
PROVIDER_SCORES_EVEN = Rule("provider-scores-even", "contradiction", "implied")
AUDITS_FIND_NOTHING = Rule("audits-find-nothing", "contradiction", "implied")
RULES = (
    SCORES_ALL_TOP, TEXTS_COPIED, ENDINGS_UNHEARD, SILENT_MONTH, DECIDED_IN_A_ROW, TIME_CORRECTED,
    DEVIATION_BY_HANDLER, SHEET_USED_TWICE, PROVIDER_SCORES_EVEN, AUDITS_FIND_NOTHING,
)  # fmt: skip
READS = frozenset({
    "complaint", "organization", "awareness", "training", "provider-evaluation", "audit", "intake-criteria",
})  # fmt: skip

YEAR = timedelta(days=365)
ENOUGH = 10
"""Below so many cases a share or a row of equal marks says nothing."""
ALIKE = 3
UNHEARD = frozenset({"withdrawn", "unreachable", "not_contactable", "duplicate", "transferred"})
UNHEARD_SHARE_MAX = 30
BUSY = 3.0
"""Complaints a month; with so many expected, an empty month has a chance of one in twenty (exp -3)."""
IN_A_ROW = 5
LONG_ENOUGH = 10
"""Characters; shorter texts are alike by nature."""
Facts = dict[str, Fact]
TEXTS: tuple[tuple[str, ...], ...] = (("investigation", "conclusion"), ("cause", "statement"))


def check(system: System, measured: Measured) -> Iterator[Problem]:
    cases = [case for case in measured.complaints.cases if case.judged]
    recent = [case for case in cases if system.as_of - case.received.on < YEAR]
    yield from _top(system, recent)
    for path in TEXTS:
        yield from _copied(recent, path)
    yield from _unheard(recent)
    yield from _silent(system, cases)
    yield from _row(system, recent)
    for case in cases:
        yield from _case(case)
    yield from _sheets(system)
    yield from _even(system)
    yield from _nothing(system)


def _top(system: System, cases: Sequence[Case]) -> Iterator[Problem]:
    most = child(system.organisation, "follow_up", "scale_max")
    best = most if isinstance(most, int) else 5
    given = [
        (case, score) for case in cases for part in rounds(case.value) for key in ("process_score", "outcome_score")
        if isinstance(score := child(part, "follow_up", key), int)
    ]  # fmt: skip
    asked = {case.id for case, _ in given}
    if len(asked) >= ENOUGH and all(score >= best for _, score in given):
        yield found(SCORES_ALL_TOP, given[-1][0].entry, ("follow_up",), ("8.6.b",), count=len(asked), best=best)


def _copied(cases: Sequence[Case], path: tuple[str, ...]) -> Iterator[Problem]:
    """Cases of one event have one cause; cases that have nothing to do with each other do not share its words."""
    alike: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        text = "".join((word(case.value, *path) or "").split()).casefold()
        if len(text) >= LONG_ENOUGH and not _of_one_event(case):
            alike[text].append(case)
    for same in alike.values():
        if len(same) >= ALIKE:
            facts: Facts = {"names": joined(case.id for case in same[:ALIKE]), "count": len(same)}
            yield found(TEXTS_COPIED, same[-1].entry, path, ("8.3.inv",), facts=facts)


def _of_one_event(case: Case) -> bool:
    ties = child(case.value, "links")
    tied = word(ties, "crisis") or word(ties, "repeat_of") or words(ties, "alerts") or words(ties, "nonconformities")
    return bool(tied or case.value.get("collective"))


def _unheard(cases: Sequence[Case]) -> Iterator[Problem]:
    ended = [case for case in cases if case.closure_basis]
    unheard = [case for case in ended if case.closure_basis in UNHEARD]
    share = 100 * len(unheard) / len(ended) if ended else 0.0
    if len(ended) >= ENOUGH and share > UNHEARD_SHARE_MAX:
        facts: Facts = {"count": len(unheard), "all": len(ended), "share": f"{share:.0f}"}
        yield found(ENDINGS_UNHEARD, unheard[-1].entry, ("closure", "basis"), ("8.6.c",), facts=facts)


def _silent(system: System, cases: Sequence[Case]) -> Iterator[Problem]:
    """A whole month without a complaint after twelve in which three or more came each month."""
    counts: dict[str, int] = defaultdict(int)
    for case in cases:
        counts[case.received.on.isoformat()[:7]] += 1
    organisation = system.first("organization")
    if not counts or organisation is None:
        return
    month = date.fromisoformat(f"{min(counts)}-01")
    before: list[int] = []
    while (after := months_after(month, 1)) <= system.as_of:
        number = counts[month.isoformat()[:7]]
        if number == 0 and len(before) >= 12 and (mean := fmean(before[-12:])) >= BUSY:
            facts = {"month": month.isoformat()[:7], "mean": f"{mean:.1f}"}
            yield found(SILENT_MONTH, organisation, ("channels",), ("8.2.rec",), facts=facts)
        before.append(number)
        month = after


def _row(system: System, cases: Sequence[Case]) -> Iterator[Problem]:
    """Approving a solution means reading a file; five files are not read in one minute."""
    minutes: dict[tuple[str, str], list[Case]] = defaultdict(list)
    zone = zone_of(system.organisation)
    for case in cases:
        person, when = word(case.value, "response", "approved_by"), moment(case.value, zone, "response", "approved_at")
        if person and when is not None:
            minutes[person, when.isoformat(timespec="minutes")].append(case)
    for (person, minute), together in minutes.items():
        if len(together) >= IN_A_ROW:
            facts: Facts = {"who": person, "count": len(together), "at": minute}
            at: Pointer = ("response", "approved_at")
            yield found(DECIDED_IN_A_ROW, together[-1].entry, at, ("8.5.resp",), facts=facts)


def _case(case: Case) -> Iterator[Problem]:
    for index, row in enumerate(rows(case.value, "corrections")):
        field, by, approved = word(row, "field") or "", word(row, "by"), word(row, "approved_by")
        if field.endswith(("_at", ".at", "_on")) and approved in (None, by):
            at: Pointer = ("corrections", index)
            yield found(TIME_CORRECTED, case.entry, at, ("8.2.rec",), field=field, who=by or "—")
    handler = word(case.value, "handler")
    for index, row in enumerate(rows(case.value, "deviations")):
        if handler is not None and word(row, "approved_by") == handler:
            at = ("deviations", index, "approved_by")
            yield found(DEVIATION_BY_HANDLER, case.entry, at, ("8.1.d",), who=handler)


def _sheets(system: System) -> Iterator[Problem]:
    """A signed sheet belongs to one meeting of one group."""
    first: dict[str, Entry] = {}
    for entry in system.of("awareness", "training"):
        for at, digest in _digests(entry):
            other = first.setdefault(digest, entry)
            if other is not entry:
                yield found(SHEET_USED_TWICE, entry, at, _asked(entry), other=other.id)


def _digests(entry: Entry) -> Iterator[tuple[Pointer, str]]:
    for index, row in enumerate(rows(entry.value, "groups")):
        if digest := word(row, "sheet_sha256"):
            yield ("groups", index, "sheet_sha256"), digest
    if digest := word(entry.value, "attendance_evidence", "sha256"):
        yield ("attendance_evidence", "sha256"), digest


def _asked(entry: Entry) -> tuple[str, ...]:
    return ("7.2.d",) if entry.kind.name == "training" else ("7.3.a",)


def _even(system: System) -> Iterator[Problem]:
    """One mark for everything, twice running, tells nothing about anything."""
    last: dict[str, set[object]] = {}
    for on, entry in _in_order(system, "provider-evaluation", "evaluated_on"):
        marks = [row.get("score") for row in rows(entry.value, "criteria")]
        own, before = set(marks), last.get(provider := str(entry.value.get("provider")))
        if len(marks) >= ALIKE and len(own) == 1 and before is not None and len(before) == 1:
            facts = {"provider": provider, "score": str(marks[0]), "on": on.isoformat()}
            yield found(PROVIDER_SCORES_EVEN, entry, ("criteria",), ("8.7.c",), facts=facts)
        last[provider] = own


def _nothing(system: System) -> Iterator[Problem]:
    """Two audits in a row that found nothing and name nothing that was looked at."""
    dated = _in_order(system, "audit", "started_on")
    held = [entry for _, entry in dated if entry.value.get("type") == "internal" and not entry.value.get("cancelled")]
    empty = [not rows(entry.value, "findings") and not words(entry.value, "samples") for entry in held]
    for (before, entry), (was, now) in zip(pairwise(held), pairwise(empty), strict=True):
        if was and now:
            yield found(AUDITS_FIND_NOTHING, entry, ("no_findings",), ("9.2.int",), other=before.id)


def _in_order(system: System, kind: str, field: str) -> list[tuple[date, Entry]]:
    dated = [(on, entry) for entry in system.of(kind) if (on := day(entry.value, field)) is not None]
    return sorted(dated, key=lambda row: (row[0], row[1].path))
