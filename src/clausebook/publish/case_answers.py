"""What an auditor asks about all complaints together: how many of what, which to sample, what went wrong (8.2-8.6).

All are counted, on the whole record; a restricted one is named under nothing that would say what it is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from ..check.operation.follow_up import SCORES, low_score
from ..check.operation.receipt import NUMBER_GAP
from ..measure.cases import Case
from ..measure.margins import punctuality
from ..measure.moments import child, rows
from ..measure.reconciliation import reconciliation_of
from ..measure.states import rounds
from . import gate
from .alert_formats import said as alarm_said
from .alert_formats import stage
from .answers import HERE, SHOWN, Facts, joined, link_of, rule_state, say, to
from .book import Book
from .case_words import ROOM, marks_of, step
from .complaint_list import INDEX
from .dimensions import stream_name, value_name
from .restricted import is_restricted
from .values import chip

MONTHS = 12


def links(book: Book, cases: Sequence[Case]) -> str:
    """Cases, newest first, each a link to the whole story; the rest counted with the way to the list."""
    newest = sorted(cases, key=lambda case: (case.received.on, case.id), reverse=True)
    if not newest:
        return chip("calm", say(book, "none"))
    count = gate.link(say(book, "cases", count=len(newest)), to(book, INDEX))
    return f"{count} · {joined(book, (link_of(book, case.entry) for case in newest if not is_restricted(case.entry)))}"


def rejected(case: Case) -> bool:
    return case.reaction == "rejected" or case.first_reaction == "rejected"


def late(case: Case) -> bool:
    return punctuality(case)[0] == "late"


def volume(book: Book) -> Facts:
    """The last twelve calendar months with the running one, by type, source and severity: as the indicators count."""
    months = {month.label for month in book.figures.months[-MONTHS:]}
    cases = [c for c in book.report.measured.cases if c.counted and c.received.on.isoformat()[:7] in months]
    first, last = min(months, default=""), max(months, default="")
    count = gate.link(f"<strong>{len(cases)}</strong>", to(book, "indicators/complaint-count.md"))
    yield say(book, "label.volume"), f"{count} {gate.text(say(book, 'from_to', first=first, last=last))}"
    dimensions: dict[str, Callable[[Case], Sequence[str]]] = {
        "type": lambda case: [str(one) for one in case.value.get("types") or ["unknown"]],
        "channel": lambda case: [str(case.value.get("channel") or "unknown")],
        "severity": lambda case: [case.severity or "unknown"],
    }
    for dimension, read in dimensions.items():
        counted = Counter(value for case in cases for value in read(case))
        cells = [f"{gate.text(value_name(book, dimension, v))} {n}" for v, n in counted.most_common()]
        yield say(book, f"label.by_{dimension}"), " · ".join(cells) or "—"


def numbers(book: Book) -> Facts:
    """All complaints, and whether a number is missing from the series."""
    total = len(list(book.system.of("complaint")))
    yield say(book, "label.list"), gate.link(say(book, "cases", count=total), to(book, INDEX))
    yield say(book, "label.missing_numbers"), rule_state(book, NUMBER_GAP.id)


def samples(book: Book) -> Facts:
    """One closed and one open case, each from receipt to follow-up on its page."""
    cases = book.report.measured.cases
    yield say(book, "label.closed"), links(book, [case for case in cases if not case.open])
    yield say(book, "label.running"), links(book, [case for case in cases if case.open])


def spoken(book: Book) -> Facts:
    """Complaints that came in by word of mouth, then every channel with its latest case."""
    cases = book.report.measured.cases
    usual = {str(row.get("id")): row.get("form") for row in rows(book.system.organisation, "channels")}
    oral = [case for case in cases if (case.value.get("form") or usual.get(str(case.value.get("channel")))) == "oral"]
    yield say(book, "label.oral"), links(book, oral)
    channels: dict[str, list[Case]] = {}
    for case in sorted(cases, key=lambda case: (case.received.on, case.id)):
        channels.setdefault(str(case.value.get("channel") or "unknown"), []).append(case)
    for channel, own in channels.items():
        count = say(book, "cases", count=len(own))
        named = [link_of(book, case.entry) for case in own if not is_restricted(case.entry)]
        yield value_name(book, "channel", channel), " · ".join([count, *named[-1:]])


def urgent(book: Book) -> Facts:
    found = [case for case in book.report.measured.cases if "urgent" in marks_of(case)]
    yield say(book, "label.urgent"), links(book, found)


def beyond(book: Book) -> Facts:
    """Cases beyond a limit that runs now, cases that were late, and what treats them."""
    cases = book.report.measured.cases
    overdue = [case for case in cases if punctuality(case)[0] == "overdue"]
    yield say(book, "label.overdue"), links(book, overdue)
    was_late = [case for case in cases if late(case)]
    yield say(book, "label.late"), links(book, was_late)
    lapses = len(book.report.lapses) + sum(one.problem_class == "lapse" for one in book.report.problems)
    yield say(book, "label.lapses"), gate.link(say(book, "lapses", count=lapses), to(book, "gaps/lapses.md"))
    steps = Counter(step(book, clock) for case in was_late for clock in punctuality(case)[1])
    yield say(book, "label.late_steps"), " · ".join(f"{gate.text(s)} {n}" for s, n in steps.most_common()) or "—"


def alternatives(book: Book) -> Facts:
    """Each rejected case with the ways that were told."""
    found = [case for case in book.report.measured.cases if rejected(case)]
    yield say(book, "label.rejected"), links(book, found)
    found = [case for case in found if not is_restricted(case.entry)]
    shape = book.system.kinds["complaint"].shape.properties["alternatives"].items
    values = book.values(HERE)
    for case in sorted(found, key=lambda case: case.received.on, reverse=True)[:SHOWN]:
        told = [values.inline(shape, one) for one in rows(case.value, "alternatives")] if shape else []
        ways = "<br>".join(told) or chip("bad", say(book, "nothing_told"))
        yield case.id, f"{link_of(book, case.entry)} · {ways}"


def follow_up(book: Book) -> Facts:
    """Who asks, and the unhappy ones."""
    asked = [case for case in book.report.measured.cases if case.follow_up_outcome != "none"]
    people = Counter(str(one) for case in asked if (one := child(case.value, "follow_up", "scored_by")))
    named = (f"{book.atlas.reference(('person',), who, HERE)} {count}" for who, count in people.most_common())
    yield say(book, "label.asked_by"), joined(book, named) or "—"
    limit = low_score(book.system.organisation)
    unhappy = [case for case in asked if _lowest(case, limit) <= limit]
    yield say(book, "label.unhappy", limit=limit), links(book, unhappy)


def _lowest(case: Case, limit: int) -> int:
    """The lowest score of any follow-up; above the limit when none was given."""
    scores = (child(part, "follow_up", key) for part in rounds(case.value) for key in SCORES)
    return min((score for score in scores if isinstance(score, int)), default=limit + 1)


def last_alarm(book: Book) -> Facts:
    """The rules, the newest alarm, what was done about it."""
    watch = book.watch
    alarms = [alarm for alarm in watch.seen.alarms if not alarm.historical]
    yield say(book, "label.alarms"), gate.link(say(book, "alarms", count=len(alarms)), to(book, "alerts/index.md"))
    if not alarms:
        return
    newest = max(alarms, key=lambda alarm: (alarm.raised_on, alarm.id))
    answered = watch.answers.of.get(newest.id)
    record = link_of(book, answered.entry) if answered else chip("bad", say(book, "unanswered"))
    name = gate.link(gate.whole(newest.id), to(book, "alerts/index.md", newest.id))
    told = gate.text(alarm_said(newest, book.language, stream_name(book, newest.stream)))
    state = gate.text(book.tell(f"alerts.stage.{stage(watch, newest)}"))
    yield say(book, "label.last_alarm"), f"{name} {told} · {state} · {record}"


def completeness(book: Book) -> Facts:
    """Counted by the sources, recorded through those channels, what differs without an explanation."""
    lines = reconciliation_of(book.report.measured.sound, book.report.measured.cases)
    counted = [line for line in lines if line.counted is not None]
    own = f"{ROOM}/reconciliation.md"
    numbers = {
        "counted": sum(line.counted or 0 for line in counted),
        "recorded": sum(len(line.recorded) for line in counted),
        "open": sum(line.agreement == "unexplained" for line in counted),
        "uncounted": sum(len(line.recorded) for line in lines if line.counted is None),
    }
    link = gate.link(book.tell("cases.reconciliation"), to(book, own))
    yield say(book, "where"), link
    yield from _sums(book, numbers)


def _sums(book: Book, numbers: dict[str, int]) -> Iterator[tuple[str, str]]:
    for name, number in numbers.items():
        tone = "bad" if name == "open" and number else "calm"
        yield book.tell(f"cases.sum.{name}"), chip(tone, str(number))
