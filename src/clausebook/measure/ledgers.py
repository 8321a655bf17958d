"""What indicators need beside the cases: one table for each ledger of the system, rows in path order (9.1 a).

Every row starts with the id that a reader can look up. Dates of due are the *first* ones: what was extended
counts as late against the day first agreed (R K25).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from ..model import Entry, System
from .actions import cancelled
from .cases import Case, Complaints
from .clocks import Watch
from .facts import Row
from .local_times import written
from .moments import child, day, inner, moment, rows, shifted
from .responses import answer_within
from .revisits import next_reviews

DATE, TEXT, NUMBER, TRUTH = "DATE", "VARCHAR", "INTEGER", "BOOLEAN"

TABLES: Mapping[str, Mapping[str, str]] = {
    "closings": {"id": TEXT, "nth": NUMBER, "closed_at": "TIMESTAMP", "reopened_at": "TIMESTAMP", "basis": TEXT},
    "actions": {"id": TEXT, "nth": NUMBER, "source": TEXT, "due_on": DATE, "done_on": DATE, "cancelled": TRUTH},
    "verifications": {"id": TEXT, "planned_on": DATE, "evaluated_on": DATE, "verdict": TEXT, "cause_group": TEXT,
                      "recurred": TRUTH},
    "obligations": {"id": TEXT, "evaluation": TEXT, "evaluated_on": DATE, "verdict": TEXT},
    "audit_findings": {"id": TEXT, "audit": TEXT, "type": TEXT, "grade": TEXT, "due_on": DATE, "closed_on": DATE,
                       "effective": TRUTH},
    "audit_programme": {"id": TEXT, "planned_on": DATE, "done_on": DATE, "status": TEXT},
    "objectives": {"id": TEXT, "department": TEXT, "from_on": DATE, "to_on": DATE, "measurable": TRUTH, "met": TRUTH,
                   "on_track": TRUTH},
    "competence": {"id": TEXT, "person": TEXT, "role": TEXT, "item": TEXT, "department": TEXT, "required_from": DATE,
                   "required_to": DATE, "valid_from": DATE, "valid_to": DATE},
    "awareness": {"id": TEXT, "held_on": DATE, "department": TEXT, "headcount": NUMBER, "attended": NUMBER},
    "documents": {"id": TEXT, "effective_on": DATE, "next_review_on": DATE},
    "risk_actions": {"id": TEXT, "nth": NUMBER, "due_on": DATE, "done_on": DATE},
    "risk_effects": {"id": TEXT, "planned_on": DATE, "evaluated_on": DATE, "verdict": TEXT},
    "alerts": {"id": TEXT, "detected_on": DATE, "acknowledged_on": DATE, "acknowledge_due_on": DATE, "triage": TEXT,
               "withdrawn": TRUTH},
    "redress": {"id": TEXT, "paid_on": DATE, "amount": "DECIMAL(14,2)", "currency": TEXT, "goodwill": TRUTH},
    "exposure": {"id": TEXT, "month": TEXT, "product": TEXT, "product_line": TEXT, "site": TEXT, "units": "BIGINT"},
}  # fmt: skip
"""Table → columns with their types in DuckDB. `calendar` and `facts` are made in `warehouse`."""


def ledger_rows(system: System, complaints: Complaints, tables: Collection[str]) -> Mapping[str, Iterable[Row]]:
    """All rows of these tables."""
    found: dict[str, Iterable[Row]] = {table: list(make(system)) for table, make in PLAIN.items() if table in tables}
    if "closings" in tables:
        found["closings"] = _closings(complaints.cases)
    if "alerts" in tables:
        found["alerts"] = list(_alerts(system, complaints.watch))
    return found


def _closings(cases: Iterable[Case]) -> Iterator[Row]:
    """Every closing with the reopening that undid it, so that the backlog of a past day can be told."""
    for case in cases:
        turns, value = case.facts.turns, case.value
        for turn in turns:
            if turn.closed is not None:
                again = turns[turn.nth + 1].opened if turn.nth + 1 < len(turns) else None
                yield (case.id, turn.nth + 1, written(turn.closed), written(again), turn.basis)
        if case.imported and len(turns) == 1 and "closure" not in value:
            log = inner(value, "imported")
            if log.get("state") == "closed" or "closed_on" in log:
                on = day(log, "closed_on")  # closed on a day the log does not tell: never in a backlog
                yield (case.id, 1, f"{on} 23:59:59" if on else None, None, None)


def _actions(system: System) -> Iterator[Row]:
    for entry in system.of("nonconformity", "alert"):
        planned = [*rows(entry.value, "actions"), *rows(entry.value, "corrective_actions")]
        planned += [action for again in rows(entry.value, "rounds") for action in rows(again, "actions")]
        for nth, action in enumerate(planned, 1):
            yield (entry.id, nth, entry.kind.name, _first_due(action), day(action, "done_on"), cancelled(action))


def _first_due(action: Mapping[str, Any]) -> date | None:
    moved = [found for row in rows(action, "extensions") if (found := day(row, "from_on"))]
    return min([*moved, *filter(None, [day(action, "due_on")])], default=None)


def _verifications(system: System) -> Iterator[Row]:
    """Planned verifications of each round; one is undone when the same cause comes back within a year (K26)."""
    entries = list(system.of("nonconformity"))
    for entry in entries:
        for turn in (entry.value, *rows(entry.value, "rounds")):
            effect = child(turn, "effectiveness")
            planned = day(effect, "planned_on") or day(effect, "evaluated_on")
            if planned:
                done, group = day(effect, "evaluated_on"), child(entry.value, "cause", "cause_group")
                again = done is not None and any(_recurs(entry, other, done, group) for other in entries)
                yield (entry.id, planned, done, child(effect, "verdict"), group, again)


def _recurs(entry: Entry, other: Entry, verified: date, group: Any) -> bool:
    opened = day(other.value, "opened_on")
    if other is entry or opened is None or not verified < opened <= shifted(verified, 365):
        return False
    same = group is not None and child(other.value, "cause", "cause_group") == group
    return same or other.value.get("repeat_of") == entry.id


def _obligations(system: System) -> Iterator[Row]:
    """For each evaluation: every obligation valid in its period; one it forgot has no verdict (9.1.2)."""
    known = [row for entry in system.of("obligations") for row in rows(entry.value, "items")]
    for entry in system.of("compliance-evaluation"):
        first, last = day(entry.value, "period", "from_on"), day(entry.value, "period", "to_on")
        verdicts = {row.get("obligation"): row.get("verdict") for row in rows(entry.value, "items")}
        if first is None or last is None:
            continue
        for row in known:
            starts, ends = day(row, "effective_on"), day(row, "repealed_on")
            valid = (starts is None or starts <= last) and (ends is None or ends > first)
            identified = day(row, "identified_on")
            expected = valid and row.get("status") != "candidate" and (identified is None or identified <= last)
            if expected or row.get("id") in verdicts:
                evaluated = day(entry.value, "evaluated_on")
                yield (str(row.get("id")), entry.id, evaluated, verdicts.get(row.get("id")))


def _audit_findings(system: System) -> Iterator[Row]:
    """Findings with a due day. Closed on the day the auditor followed it up, else when its nonconformity closed."""
    closed = {entry.id: entry for entry in system.of("nonconformity")}
    for entry in system.of("audit"):
        followed = {row.get("finding"): day(row, "on") for row in rows(entry.value, "follow_up")}
        for row in rows(entry.value, "findings"):
            other = closed.get(str(row.get("nonconformity")))
            on = followed.get(row.get("id")) or (day(other.value, "closed_on") if other else None)
            effective = child(other.value, "effectiveness", "verdict") != "ineffective" if other else True
            name = f"{entry.id}/{row.get('id')}"
            yield (name, entry.id, entry.value.get("type"), row.get("grade"), day(row, "due_on"), on, effective)


def _audit_programme(system: System) -> Iterator[Row]:
    finished = {entry.id: day(entry.value, "finished_on") for entry in system.of("audit")}
    for entry in system.of("audit-programme"):
        for row in rows(entry.value, "planned"):
            done = day(row, "done_on") or finished.get(str(row.get("audit")))
            yield (str(row.get("id")), day(row, "planned_on"), done, row.get("status"))


def _objectives(system: System) -> Iterator[Row]:
    """Objectives; whether a running one is on track says the last annual evaluation, else its own plan."""
    said: dict[str, bool] = {}
    for entry in sorted(system.of("annual-evaluation"), key=lambda e: str(e.value.get("evaluated_on"))):
        for row in rows(entry.value, "objectives"):
            said[str(row.get("objective"))] = row.get("verdict") in ("met", "on-track")
    for entry in system.of("objectives"):
        for row in rows(entry.value, "items"):
            late = any((due := day(step, "due_on")) and due < system.as_of
                       and not step.get("done_on") and not cancelled(step)
                       for step in rows(row, "plan"))  # fmt: skip
            measurable = row.get("kpi") is not None and not row.get("not_measurable_reason")
            yield (
                str(row.get("id")), row.get("department"), day(row, "period", "from_on"),
                day(row, "period", "to_on"), measurable, child(row, "result", "met"),
                said.get(str(row.get("id")), not late),
            )  # fmt: skip


def _competence(system: System) -> Iterator[Row]:
    """What each holder of a role must be able to do, and from when until when it is proven (7.2)."""
    people = {row.get("id"): row for entry in system.of("people") for row in rows(entry.value, "items")}
    profiles = [row for entry in system.of("competence") for row in rows(entry.value, "profiles")]
    needed = {row.get("role"): row.get("items") or [] for row in profiles}
    proven: dict[tuple[Any, Any], list[dict[str, Any]]] = {}
    for entry in system.of("competence"):
        for row in rows(entry.value, "people"):
            proven.setdefault((row.get("person"), row.get("item")), []).append(row)
    for entry in system.of("roles"):
        for role in rows(entry.value, "roles"):
            for holder in rows(role, "holders"):
                person = people.get(holder.get("person"), {})
                until = min(filter(None, [day(holder, "to_on"), day(person, "left_on")]), default=None)
                for item in needed.get(role.get("id"), []):
                    met = [r for r in proven.get((holder.get("person"), item), []) if r.get("status") == "met"]
                    starts = min((d for r in met if (d := day(r, "acquired_on"))), default=date.min if met else None)
                    ends = max((day(r, "expires_on") or date.max for r in met), default=None)
                    yield (
                        f"{holder.get('person')}/{role.get('id')}/{item}", holder.get("person"), role.get("id"), item,
                        person.get("department"), day(holder, "from_on"), until, _bounded(starts), _bounded(ends),
                    )  # fmt: skip


def _bounded(on: date | None) -> date | None:
    """Dates that every reader of CSV knows."""
    return None if on is None else min(max(on, date(1900, 1, 1)), date(2999, 12, 31))


def _awareness(system: System) -> Iterator[Row]:
    for entry in system.of("awareness"):
        for row in rows(entry.value, "groups"):
            who = row.get("department") or row.get("provider")
            on = day(row, "on") or day(entry.value, "held_on")
            yield (entry.id, on, who, row.get("headcount"), row.get("attended"))


def _documents(system: System) -> Iterator[Row]:
    ahead = next_reviews(system)
    for entry in system.entries:
        if entry.controlled and "next_review_on" in entry.value:
            first = day(entry.value, "first_effective_on") or day(entry.value, "effective_on")
            yield (entry.id, first, ahead.get(entry.id))


def _risk_actions(system: System) -> Iterator[Row]:
    for entry in system.of("risks"):
        for row in rows(entry.value, "items"):
            for nth, action in enumerate(rows(row, "actions"), 1):
                yield (str(row.get("id")), nth, day(action, "due_on"), day(action, "done_on"))


def _risk_effects(system: System) -> Iterator[Row]:
    for entry in system.of("risks"):
        for row in rows(entry.value, "items"):
            effect = child(row, "effectiveness")
            if effect:
                yield (
                    str(row.get("id")),
                    day(effect, "planned_on"),
                    day(effect, "evaluated_on"),
                    effect.get("verdict"),
                )


def _alerts(system: System, watch: Watch) -> Iterator[Row]:
    """Alerts with the day by which they had to be acknowledged, by the rules of the day they were raised."""
    for entry in system.of("alert"):
        on, at = day(entry.value, "detected_on"), moment(entry.value, watch.zone, "acknowledged", "at")
        within = answer_within(watch.criteria, "acknowledge_within_working_days", on) if on else 0
        due = watch.own.due(on, within).on if on else None
        triage = child(entry.value, "triage", "result")
        yield (entry.id, on, at.date() if at else None, due, triage, "withdrawn" in entry.value)


def _redress(system: System) -> Iterator[Row]:
    for entry in system.of("complaint"):
        paid = child(entry.value, "redress")
        if isinstance(paid, dict):
            row = (day(paid, "paid_on"), paid.get("amount"), paid.get("currency"), paid.get("goodwill") is True)
            yield (entry.id, *row)


def _exposure(system: System) -> Iterator[Row]:
    """Orders of a month: the whole (no product, no site) and what is known of its parts (K02)."""
    lines = {row.get("id"): row.get("line") for row in rows(system.organisation, "products")}
    for entry in system.of("exposure"):
        month = str(entry.value.get("period"))
        yield (entry.id, month, None, None, None, entry.value.get("orders"))
        for row in rows(entry.value, "products"):
            yield (entry.id, month, row.get("product"), lines.get(row.get("product")), None, row.get("orders"))
        for row in rows(entry.value, "sites"):
            yield (entry.id, month, None, None, row.get("site"), row.get("orders"))


PLAIN: Mapping[str, Callable[[System], Iterator[Row]]] = {
    "actions": _actions, "verifications": _verifications, "obligations": _obligations,
    "audit_findings": _audit_findings, "audit_programme": _audit_programme, "objectives": _objectives,
    "competence": _competence, "awareness": _awareness, "documents": _documents, "risk_actions": _risk_actions,
    "risk_effects": _risk_effects, "redress": _redress, "exposure": _exposure,
}  # fmt: skip
"""Table → what makes its rows."""
