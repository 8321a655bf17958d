"""Early warning (8.4): the rules in the organisation's own numbers, every alarm with its answer, what rules cost.

The numbers are those of `clausebook alerts`; the charts of the streams are in stream_pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from ..load.schemas import below
from ..measure.alarm_values import Alarm, BudgetLine, Event, unit_of
from ..measure.alerts import REPEATS
from ..measure.moments import child, rows
from ..wording import PAUSE, aside
from . import gate, stream_pages
from .alarm_tables import INDEX, PER_PAGE, alarm_table, blocks, in_force, notes, places, rules_of
from .alert_formats import noted, stage
from .atlas import anchor_of
from .book import Book, Lines, page
from .dimensions import dimension_name, stream_name
from .values import chip

RULES = "system/alert-rules.yaml"
OPEN = frozenset({"unanswered", "due", "running", "recorded", "acknowledged", "judged", "cause-found", "checked"})
YEAR = timedelta(days=365)


def make(book: Book) -> Iterator[tuple[str, str]]:
    yield INDEX, page(book, INDEX, book.say("alerts"), _index(book))
    for here, alarms in blocks(book)[1:]:
        yield here, page(book, here, book.tell("monitoring.alerts.earlier"), _earlier(book, here, alarms))
    yield from stream_pages.make(book)


def _index(book: Book) -> Lines:
    yield book.tell("monitoring.alerts.lead", as_of=book.system.as_of.isoformat())
    yield ""
    version = in_force(book)
    if not version:
        yield gate.text(book.tell("monitoring.alerts.no_rules", path=RULES))
        yield ""
    yield from _at_a_glance(book)
    yield from _alarms(book)
    yield from _charts(book)
    if version:
        yield from _rules(book, version)
        yield from _silence(book, version)
        yield from _budget(book)
    yield from _events(book)


def _at_a_glance(book: Book) -> Lines:
    """How many, how many wait, and how often it was nothing."""
    watch = book.watch
    since = book.system.as_of - YEAR
    recent = [alarm for alarm in watch.seen.alarms if alarm.raised_on > since]
    stages = [stage(watch, alarm) for alarm in watch.seen.alarms]
    judged = [r for r in watch.answers.responses if r.triage and r.begun_on and r.begun_on > since]
    wrong = sum(response.triage == "false-alarm" for response in judged)
    waiting = stages.count("unanswered")
    figures = [
        ("year", str(len(recent)), "calm"), ("open", str(sum(one in OPEN for one in stages)), "calm"),
        ("unanswered", str(waiting), "bad" if waiting else "ok"), ("wrong", f"{wrong} / {len(judged)}", "calm"),
    ]  # fmt: skip
    yield '<div class="figures" markdown>'
    yield ""
    for key, number, tone in figures:
        yield f'- <strong class="{tone}">{number}</strong> {book.tell(f"monitoring.alerts.figure.{key}")}'
    yield ""
    yield "</div>"
    yield ""


def _alarms(book: Book) -> Lines:
    alarms = book.watch.seen.alarms
    yield f"## {book.tell('monitoring.alerts.alarms')} {{#alarms}}"
    yield ""
    if not alarms:
        yield book.tell("monitoring.alerts.none")
        yield ""
        return
    yield book.tell("monitoring.alerts.alarms_lead", count=len(alarms))
    yield ""
    if book.system.first("alert"):
        records = book.atlas.to("records/alert/index.md", INDEX)
        yield gate.link(book.tell("monitoring.alerts.records"), records)
        yield ""
    parts = blocks(book)
    yield from _earlier(book, *parts[0])
    links = [gate.link(f"{at * PER_PAGE + 1}–{at * PER_PAGE + len(part)}", book.atlas.to(here, INDEX))
             for at, (here, part) in enumerate(parts)][1:]  # fmt: skip
    if links:
        yield f"{book.tell('monitoring.alerts.earlier')} {' · '.join(links)}"
        yield ""


def _earlier(book: Book, here: str, alarms: Sequence[Alarm]) -> Lines:
    yield from alarm_table(book, here, alarms, anchored=True)
    yield from notes(book, alarms)


def _charts(book: Book) -> Lines:
    """The way to the charts of all streams, and the one of the total at once."""
    charts = stream_pages.by_dimension(book)
    if not charts:
        return
    yield f"## {book.tell('monitoring.alerts.charts')} {{#charts}}"
    yield ""
    yield book.tell("monitoring.alerts.charts_lead")
    yield ""
    names = {dimension: gate.text(dimension_name(book, dimension)) for dimension in charts}
    ways = {dimension: book.atlas.to(stream_pages.page_of(dimension), INDEX) for dimension in charts}
    yield " · ".join(
        f"{gate.link(names[dimension], ways[dimension])} ({len({one.stream for one in watched})})"
        for dimension, watched in charts.items()
    )
    yield ""
    for one in charts.get("total", ())[:1]:
        yield from stream_pages.chart(book, INDEX, one, 0, places(book))


def _rules(book: Book, version: Mapping[str, Any]) -> Lines:
    """The rules in force as the organisation wrote them: numbers first, its own sentence beside them."""
    yield f"## {book.tell('monitoring.alerts.rules')} {{#rules}}"
    yield ""
    yield from _in_force(book, version)
    names = ("rule", "stream", "numbers", "says", "streams", "per_year")
    yield from gate.header(book.tell(f"monitoring.column.{name}") for name in names)
    costs = {line.rule: line for line in book.watch.seen.budget}
    for rule in rules_of(version):
        name = str(rule.get("id"))
        cost = costs.get(name)
        yield gate.row(
            f'<a id="rule-{anchor_of(name)}"></a>{gate.whole(name)}',
            gate.text(dimension_name(book, str(rule.get("dimension")))),
            gate.text(_numbers(book, {**_alpha(cost), **rule})), gate.text(_said(book, rule)),
            str(cost.streams) if cost else "", f"{cost.per_year:.2f}" if cost else "",
        )  # fmt: skip
    yield ""
    yield from _asked(book, child(version, "response"))


def _asked(book: Book, answer: Any) -> Lines:
    """By when an alarm has to be answered."""
    if isinstance(answer, dict):
        keys = ("acknowledge_within_working_days", "cause_within_working_days", "effect_check_after_periods")
        names = ("acknowledge", "cause", "periods")
        facts = {name: str(answer.get(key, "—")) for name, key in zip(names, keys, strict=True)}
        yield gate.text(book.tell("monitoring.alerts.response", **facts))
        yield ""


def _in_force(book: Book, version: Mapping[str, Any]) -> Lines:
    entry = book.system.first("alert-rules")
    facts = {"version": book.watch.seen.version or "—", "since": str(version.get("effective_from_on", "—"))}
    facts |= {"unit": book.tell(f"monitoring.unit.{unit_of(version)}")}
    facts |= {"lookback": str(version.get("lookback_periods", "—"))}
    said = gate.text(book.tell("monitoring.alerts.rules_lead", **facts))
    name = gate.link(gate.text(book.title(entry)), book.atlas.to(book.atlas.page(entry), INDEX)) if entry else ""
    yield f"{said} {name}"
    yield ""


def _alpha(cost: BudgetLine | None) -> dict[str, str]:
    """The chance of a false alarm that a rule was given as its share of the budget."""
    return {"alpha": f"{cost.alpha:.4f}"} if cost is not None and cost.alpha is not None else {}


def _numbers(book: Book, rule: Mapping[str, Any]) -> str:
    if rule.get("id") == REPEATS:
        return book.tell("monitoring.alerts.every_repeat")
    parts = (("least", "count", "min_cases"), ("above", "percent", "percent_above"),
             ("window", "days", "window_calendar_days"), ("alpha", "alpha", "alpha"))  # fmt: skip
    known = [(key, {fact: str(rule[name])}) for key, fact, name in parts if name in rule]
    said = [book.tell(f"monitoring.alerts.{key}", **facts) for key, facts in known]
    return PAUSE[book.language].join(said)


def _said(book: Book, rule: Mapping[str, Any]) -> str:
    """The organisation's own sentence; of a statistic ours as well, so that its manager can explain it."""
    own = str((rule.get("sentence_en") if book.language == "en" else None) or rule.get("sentence") or "")
    usual = "repeat" if rule.get("id") == REPEATS else "window" if "window_calendar_days" in rule else "plain"
    return own or book.tell(f"alerts.method.{rule.get('method') or usual}")


def _silence(book: Book, version: Mapping[str, Any]) -> Lines:
    yield f"## {book.tell('monitoring.alerts.silent')} {{#silent}}"
    yield ""
    silent = book.watch.seen.silent
    if not silent:
        known = "no_silence" if rows(version, "statistical") else "no_statistical"
        yield book.tell(f"monitoring.alerts.{known}")
        yield ""
        return
    yield book.tell("monitoring.alerts.silent_lead")
    yield ""
    yield from gate.header(book.tell(f"monitoring.column.{name}") for name in ("rule", "stream", "reason"))
    for one in silent:
        reason = noted(one.note, "silent", book.language)
        yield gate.row(gate.whole(one.rule), gate.text(stream_name(book, one.stream)), gate.text(reason))
    yield ""


def _budget(book: Book) -> Lines:
    seen = book.watch.seen
    if not seen.budget:
        return
    yield f"## {book.tell('monitoring.alerts.budget')} {{#budget}}"
    yield ""
    yield book.tell("monitoring.alerts.budget_lead")
    yield ""
    told = book.tell("alerts.budget", count=f"{sum(line.per_year for line in seen.budget):.1f}")
    if seen.allowed_per_year is not None:
        allowed = book.tell("alerts.budget_allowed", allowed=f"{seen.allowed_per_year:g}")
        told += aside(allowed, book.language)
    yield gate.text(told)
    yield ""


def _events(book: Book) -> Lines:
    """One complaint is enough for these; they are answered in the case or in a crisis record."""
    events = book.watch.seen.events
    if not events:
        return
    yield f"## {book.tell('monitoring.alerts.triggers')} {{#triggers}}"
    yield ""
    yield book.tell("monitoring.alerts.triggers_lead")
    yield ""
    columns = [book.say("column.when"), *(book.tell(f"monitoring.column.{c}") for c in ("trigger", "case", "answer"))]
    yield from gate.header(columns)
    for event in tuple(reversed(events))[:PER_PAGE]:
        trigger = gate.text(stream_name(book, f"single:{event.trigger}"))
        case = book.atlas.reference(("complaint",), event.case, INDEX)
        yield gate.row(gate.whole(event.on.isoformat()), trigger, case, _answered(book, event))
    yield ""
    if len(events) > PER_PAGE:
        yield book.say("and_more", count=len(events) - PER_PAGE)
        yield ""


def _answered(book: Book, event: Event) -> str:
    where = book.tell(f"monitoring.alerts.handled.{event.handled_in}")
    if event.answer is None:
        return f"{chip('warn', book.tell('monitoring.alerts.open_event'))} {gate.text(where)}"
    shape = below(book.system.kinds["complaint"].shape, ("fast_lane", "activated_at"))[-1]
    on = gate.whole(book.values(INDEX).plain(shape, event.answer))
    answer = book.atlas.reference(("crisis",), event.answer, INDEX) if event.handled_in == "crisis" else on
    return f"{gate.text(where)} {answer}"
