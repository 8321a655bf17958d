"""Period reports (9.1): one page a month, quarter and year with counts, indicators, breakdowns, alarms and lapses.

Each number is the indicator's own over that period; what was entered after the period had been reported is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..measure.alarm_values import Alarm
from ..measure.indicators import Figure, Result
from ..measure.spans import Span
from ..model import Entry
from ..wording import COLON, choose
from . import gate
from .alarm_tables import PER_PAGE, alarm_table
from .book import Book, Lines, page, rule_link
from .complaint_list import listed_at
from .dimensions import FAMILIES, dimension_name, value_name
from .indicator_formats import value_words
from .indicator_pages import SHOWN_IDS, beside, record_links
from .lapse_pages import Lapsed, lapsed_of, record_link
from .mixes import MIX
from .pareto import of_complaints
from .treatment import treated

INDEX = "periods/index.md"
SHOWN_PARTS = 30
"""So many members of a family stand in a breakdown; the smaller ones are one row."""


def make(book: Book) -> Iterator[tuple[str, str]]:
    figures = book.figures
    by_size = {
        size: [span for span in spans if span.label in figures.reported]
        for size, spans in (("month", figures.months), ("quarter", figures.quarters), ("year", figures.years))
    }
    lapsed = lapsed_of(book)
    yield INDEX, page(book, INDEX, book.say("periods"), _index(book, by_size, lapsed))
    for spans in by_size.values():
        for at, span in enumerate(spans):
            here = f"periods/{span.label}.md"
            before, after = spans[at - 1] if at else None, spans[at + 1] if at + 1 < len(spans) else None
            title = book.tell("monitoring.periods.title", period=span.label)
            yield here, page(book, here, title, _report(book, here, span, before, after, lapsed))


def _within(span: Span, lapsed: Sequence[Lapsed]) -> list[Lapsed]:
    return [lapse for lapse in lapsed if span.start.isoformat() <= lapse.on < span.end.isoformat()]


def _alarms(book: Book, span: Span) -> list[Alarm]:
    return [alarm for alarm in book.watch.seen.alarms if span.start <= alarm.period.start < span.end]


def _index(
    book: Book, by_size: Mapping[str, Sequence[Span]], lapsed: Sequence[Lapsed]
) -> Lines:  # fmt: skip
    if not any(by_size.values()):
        yield book.tell("monitoring.periods.none")
        yield ""
        return
    yield book.tell("monitoring.periods.lead", as_of=book.system.as_of.isoformat())
    yield ""
    for size in ("year", "quarter", "month"):
        yield f"## {book.tell(f'monitoring.periods.{size}')} {{#{size}}}"
        yield ""
        keys = ("complaint-count", "backlog", "alarms", "lapses")
        names = [book.say("column.period"), *(book.tell(f"monitoring.periods.figure.{key}") for key in keys)]
        yield from gate.header(names, range(1, 5))
        for span in reversed(by_size[size]):
            counts = [_value(book, key, span) for key in keys[:2]]
            alarms, lapses = len(_alarms(book, span)), len(_within(span, lapsed))
            yield gate.row(book.period(span.label, INDEX), *counts, str(alarms), str(lapses))
        yield ""


def _value(book: Book, key: str, span: Span) -> str:
    result = book.figures.found.get((key, span.label))
    value = result.headline.value if result else None
    return "" if value is None else f"{value:g}"


def _report(
    book: Book, here: str, span: Span, before: Span | None, after: Span | None, lapsed: Sequence[Lapsed]
) -> Lines:
    yield _when(book, span)
    yield ""
    yield from _ways(book, here, span, before, after)
    lapses, alarms = _within(span, lapsed), _alarms(book, span)
    yield from _counts(book, span, len(alarms), len(lapses))
    yield from _received(book, here, span)
    yield from _indicators(book, here, span, before)
    yield from _breakdown(book, span)
    yield f"## {book.tell('monitoring.pareto.complaints.heading')} {{#causes}}"
    yield ""
    yield from of_complaints(book, here, span, listed_at(book), small=span in book.figures.months)
    yield f"## {book.tell('monitoring.periods.alarms')} {{#alarms}}"
    yield ""
    if alarms:
        yield from alarm_table(book, here, alarms[:PER_PAGE], anchored=False)
        yield from _rest(book, len(alarms))
    else:
        yield book.tell("monitoring.periods.no_alarms")
        yield ""
    yield from _lapses(book, here, lapses)
    yield from _restated(book, here, span)


def _when(book: Book, span: Span) -> str:
    as_of, last = book.system.as_of, span.last_day(book.system.as_of)
    if span.end > as_of:
        return book.tell("monitoring.periods.running", as_of=as_of.isoformat())
    facts = {"start": span.start.isoformat(), "end": last.isoformat(), "as_of": as_of.isoformat()}
    return book.tell("monitoring.periods.ended", **facts)


def _analyses(book: Book, span: Span) -> list[Entry]:
    """The organisation's own analysis of the period (8.4)."""
    return [entry for entry in book.system.of("monitoring") if entry.value.get("period") == span.label]


def _ways(book: Book, here: str, span: Span, before: Span | None, after: Span | None) -> Lines:
    """To the neighbours, to the period this one belongs to, and to what people wrote about it."""
    figures = book.figures
    around = [
        other for other in (*figures.quarters, *figures.years)
        if other != span and other.start <= span.start and span.end <= other.end and other.label in figures.reported
    ]  # fmt: skip
    steps = [("before", before), ("after", after), *(("within", other) for other in around)]
    links = [
        gate.link(book.tell(f"monitoring.periods.{key}", period=other.label), f"{other.label}.md")
        for key, other in steps
        if other is not None
    ]
    analyses = _analyses(book, span)
    named = book.tell("monitoring.periods.analysis")
    links += [gate.link(f"{named} {gate.text(e.id)}", book.atlas.to(book.atlas.page(e), here)) for e in analyses]
    yield " · ".join(links)
    yield ""
    if not analyses and span in figures.months and span.end <= book.system.as_of:
        yield book.tell("monitoring.periods.no_analysis")
        yield ""


def _counts(book: Book, span: Span, alarms: int, lapses: int) -> Lines:
    found = book.figures.found
    closed, repeats = (found.get((key, span.label)) for key in ("closure-rate", "repeat-rate"))
    backlog = found.get(("backlog", span.label))
    overdue = next((part for part in backlog.parts if part.part == "overdue"), None) if backlog else None
    figures = [
        ("complaint-count", _value(book, "complaint-count", span), "calm"),
        ("closed", _numerator(closed.headline if closed else None), "calm"),
        ("backlog", _value(book, "backlog", span), "calm"),
        ("overdue", _numerator(overdue), "bad" if overdue and overdue.numerator else "ok"),
        ("repeats", _numerator(repeats.headline if repeats else None), "calm"),
        ("alarms", str(alarms), "warn" if alarms else "ok"), ("lapses", str(lapses), "warn" if lapses else "ok"),
    ]  # fmt: skip
    yield '<div class="figures" markdown>'
    yield ""
    for key, number, tone in figures:
        if number:
            yield f'- <strong class="{tone}">{number}</strong> {book.tell(f"monitoring.periods.figure.{key}")}'
    yield ""
    yield "</div>"
    yield ""


def _received(book: Book, here: str, span: Span) -> Lines:
    found = book.figures.found.get(("complaint-count", span.label))
    if found and found.headline.ids:
        colon = COLON[book.language]
        said = book.tell("monitoring.periods.received", count=len(found.headline.ids))
        yield f"{said}{colon}{record_links(book, here, found.headline.ids, SHOWN_IDS)}"
        yield ""


def _numerator(figure: Figure | None) -> str:
    return "" if figure is None or figure.numerator is None else f"{figure.numerator:g}"


def _indicators(book: Book, here: str, span: Span, before: Span | None) -> Lines:
    """This period beside the one before it and the same one a year ago."""
    yield f"## {book.tell('monitoring.periods.indicators')} {{#indicators}}"
    yield ""
    last_year = f"{int(span.label[:4]) - 1:04d}{span.label[4:]}"
    told = [book.tell(f"monitoring.column.{name}") for name in ("previous", "last_year")]
    both = told if span.label != span.label[:4] else told[:1]
    names = [book.tell("monitoring.column.indicator"), span.label, *both]
    yield from gate.header(
        [*names, *(book.say(f"column.{name}") for name in ("counts", "interval", "target", "apart"))]
    )
    labels = [before.label if before else "", last_year][: len(both)]
    for one in book.figures.indicators:
        result = book.figures.of(one, span)
        if result is None:
            continue
        link = gate.link(gate.text(choose(one.name, book.language)), book.atlas.to(f"indicators/{one.id}.md", here))
        earlier = [book.figures.found.get((one.id, label)) for label in labels]
        values = [_words(book, result), *(_words(book, other) if other else "" for other in earlier)]
        yield gate.row(link, *map(gate.text, values), *beside(book, one, result.headline))
    yield ""


def _words(book: Book, result: Result) -> str:
    mark = " *" if result.restated else ""
    return value_words(result.indicator, result.headline, book.language) + mark


def _breakdown(book: Book, span: Span) -> Lines:
    """Where the complaints of the period came from and what they were about (8.4), the largest first."""
    yield f"## {book.tell('monitoring.periods.breakdown')} {{#breakdown}}"
    yield ""
    mix = book.figures.found.get((MIX, span.label))
    families: dict[str, list[Figure]] = {}
    for part in mix.parts if mix else ():
        family, _, member = part.part.partition(":")
        if member and part.numerator:
            families.setdefault(family, []).append(part)
    if not families:
        yield book.tell("monitoring.periods.no_complaints")
        yield ""
        return
    yield book.tell("monitoring.periods.breakdown_lead")
    yield ""
    yield '<div class="abreast" markdown>'
    yield ""
    for family, parts in families.items():
        dimension = FAMILIES.get(family, family)
        share = book.tell("monitoring.column.share")
        yield from gate.header([dimension_name(book, dimension), book.say("column.count"), share], [1, 2])
        for part in parts[:SHOWN_PARTS]:
            name = value_name(book, dimension, part.part.partition(":")[2])
            rate = "" if part.value is None or mix is None else value_words(mix.indicator, part, book.language)
            yield gate.row(gate.text(name), _numerator(part), gate.text(rate))
        if len(parts) > SHOWN_PARTS:
            rest = sum(part.numerator or 0 for part in parts[SHOWN_PARTS:])
            yield gate.row(book.tell("monitoring.chart.others", count=len(parts) - SHOWN_PARTS), f"{rest:g}", "")
        yield ""
    yield "</div>"
    yield ""


def _lapses(book: Book, here: str, lapses: Sequence[Lapsed]) -> Lines:
    yield f"## {book.tell('monitoring.periods.lapses')} {{#lapses}}"
    yield ""
    if not lapses:
        yield book.tell("monitoring.periods.no_lapses")
        yield ""
        return
    yield book.tell("monitoring.periods.lapses_lead")
    yield ""
    yield from gate.header(book.tell(f"monitoring.column.{name}") for name in ("lapse", "record", "treated"))
    for one in lapses[:PER_PAGE]:
        rule = rule_link(book, one.problem.rule, here)
        yield gate.row(rule, record_link(book, one.problem, here), treated(book, one.treated_by, here))
    yield ""
    yield from _rest(book, len(lapses))


def _rest(book: Book, count: int) -> Lines:
    """What a list leaves out so that the page stays light."""
    if count > PER_PAGE:
        yield book.say("and_more", count=count - PER_PAGE)
        yield ""


def _restated(book: Book, here: str, span: Span) -> Lines:
    """What came in after the figures had been reported, so that a reader sees why today's number is another one."""
    yield f"## {book.tell('monitoring.periods.restated')} {{#restated}}"
    yield ""
    figures = book.figures
    months = [month for month in figures.months if span.start <= month.start and month.end <= span.end]
    taken = [
        on for part in {span, *months} for e in _analyses(book, part)
        if (on := str((e.value.get("snapshot") or {}).get("taken_on", "")))
    ]  # fmt: skip
    told = [result for part in (span, *months) for one in figures.indicators if (result := figures.of(one, part))]
    late = [identifier for result in told for identifier in result.restated]
    if not late:
        yield book.tell(f"monitoring.periods.{'not_restated' if taken else 'not_reported'}")
        yield ""
        return
    yield gate.text(book.tell("monitoring.periods.restated_lead", on=max(taken, default="—")))
    yield ""
    entered = {case.id: str(case.value.get("recorded_at", ""))[:10] for case in book.report.measured.cases}
    yield from gate.header(book.tell(f"monitoring.column.{name}") for name in ("record", "entered"))
    for identifier in dict.fromkeys(late):
        link = book.atlas.reference(("complaint",), identifier, here)
        yield gate.row(link, gate.whole(entered.get(identifier, "")))
    yield ""
