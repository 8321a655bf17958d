"""The cockpit: within ten seconds, is the system healthy, what needs attention, and where does one go from here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from ..measure.revisits import next_reviews
from ..model import Entry
from ..problems import Problem
from ..wording import text
from . import gate
from .alert_formats import stage
from .answers import HERE as QUESTIONS
from .atlas import clause_page
from .book import Book, rule_link
from .competence_pages import HERE as BY_PERSON
from .complaint_pages import is_open
from .formats import as_data, message
from .gap_pages import ROOM
from .master_list import INDEX as MASTER_LIST
from .process_map import HERE as MAP
from .reading_pages import READINGS
from .standing import status
from .values import chip

HOME = "index.md"
ROOMS = ("clauses", "manual", "registers", "records", "indicators", "gaps", "documents")
SHOWN = 8
SOON = timedelta(days=60)

# From each room straight to what auditors ask for first (requirements 6): one click from home.
FIRST = {
    "manual": ("policy", "scope", "manual", "roles", "appointment", "time-limits", "raci", "organization"),
    "registers": ("obligations", "risks", "objectives", "context", "interested-parties", "competence", "providers"),
    "records": (
        "complaint", "alert", "audit", "management-review", "nonconformity", "compliance-evaluation", "drill",
        "approval",
    ),
}  # fmt: skip


def verdict(book: Book) -> Iterator[str]:
    """One sentence, with its colour: anything wrong or not."""
    errors = book.report.errors
    warnings = len(book.report.problems) - errors
    gaps = book.atlas.to("gaps/index.md", HOME)
    if not book.report.problems:
        yield f"{chip('ok', book.say('verdict.clean'))} {text('check.clean', book.language)}"
    else:
        tone = "bad" if errors else "warn"
        said = text("check.count", book.language, errors=errors, warnings=warnings)
        yield f"{chip(tone, book.say('verdict.open'))} {gate.link(said, gaps)}"
    yield ""


def figures(book: Book) -> Iterator[str]:
    """Counts that need no definition: how many, of what; rates follow with the indicators."""
    counts = as_data(book.report, book.language)["requirements"]
    system = book.system
    documents = [entry for entry in system.entries if entry.controlled]
    approved = sum(status(book, entry) == "controlled" for entry in documents)
    complaints = list(system.of("complaint"))
    running = sum(map(is_open, book.report.measured.cases))
    findings = list(system.of("nonconformity"))
    open_findings = sum("closed_on" not in entry.value for entry in findings)
    late, soon = (len(found) for found in _reviews(book, documents))
    total, failing, drafts = counts["total"], counts["failing"], len(documents) - approved
    raised = [stage(book.watch, alarm) for alarm in book.watch.seen.alarms if not alarm.historical]
    waiting = sum(reached != "closed" for reached in raised)
    rows = [
        ("evidenced", f"{counts['evidenced']} / {total}", "calm" if failing else "ok", "clauses/index.md"),
        ("failing", str(failing), "bad" if failing else "ok", "gaps/index.md"),
        ("judged", str(counts["judged_by_auditor"]), "calm", "clauses/index.md"),
        ("approved", f"{approved} / {len(documents)}", "bad" if drafts else "ok", "documents/index.md"),
        ("reviews", f"{late} / {soon}", "warn" if late else "ok", "documents/index.md"),
        ("open", f"{running} / {len(complaints)}", "calm", _list_of(book, "complaint")),
        ("alarms", f"{waiting} / {len(raised)}", "warn" if waiting else "ok", "alerts/index.md"),
        ("nonconformities", f"{open_findings} / {len(findings)}", "calm", _list_of(book, "nonconformity")),
    ]  # fmt: skip
    yield '<div class="figures" markdown>'
    yield ""
    for key, number, tone, page in rows:
        name = gate.link(book.say(f"figure.{key}"), book.atlas.to(page, HOME))
        yield f'- <strong class="{tone}">{number}</strong> {name}'
    yield ""
    yield "</div>"
    yield ""
    if counts["not_applicable"]:
        yield book.say("figure.not_applicable", count=counts["not_applicable"])
        yield ""


def _list_of(book: Book, kind: str) -> str:
    always = kind == "complaint"
    return f"records/{kind}/index.md" if always or book.system.first(kind) else "records/index.md"


def _reviews(book: Book, documents: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Documents whose review is late, and those whose review comes soon."""
    today, horizon, ahead = book.system.as_of, book.system.as_of + SOON, next_reviews(book.system)
    dated = [(ahead[entry.id], entry) for entry in documents if entry.id in ahead]
    late = [entry for day, entry in dated if day < today]
    return late, [entry for day, entry in dated if today <= day <= horizon]


def attention(book: Book) -> Iterator[str]:
    """What is wrong, by rule; then the cases under way, so that nobody has to look for them."""
    yield f"## {book.say('attention')}"
    yield ""
    groups: dict[str, list[Problem]] = {}
    for found in book.report.problems:
        groups.setdefault(found.rule, []).append(found)
    if groups:
        yield from _problems(book, groups)
    running = [case.entry for case in book.cases.values() if is_open(case)]
    if running:
        yield from _running(book, running)
    if not groups and not running:
        yield book.say("nothing")
        yield ""


def _problems(book: Book, groups: dict[str, list[Problem]]) -> Iterator[str]:
    yield from gate.header(book.say(f"problem.{name}") for name in ("level", "rule", "count", "example"))
    ordered = sorted(groups.values(), key=lambda found: (found[0].level, -len(found)))
    for found in ordered[:SHOWN]:
        first = found[0]
        level = chip("bad" if first.level == "error" else "warn", text(f"check.level.{first.level}", book.language))
        rule = rule_link(book, first.rule, HOME)
        yield gate.row(level, rule, str(len(found)), gate.text(message(first, book.language)))
    yield ""
    yield gate.link(book.say("all_gaps", count=len(book.report.problems)), book.atlas.to("gaps/index.md", HOME))
    yield ""


def _running(book: Book, running: list[Entry]) -> Iterator[str]:
    values = book.values(HOME)
    yield f"**{book.say('running', count=len(running))}**"
    shape = running[0].kind.shape.properties
    keys = ("received_at", "channel", "product", "handler")
    titles = [values.title(shape[key], key) for key in keys]
    yield from gate.header([book.say("column.number"), *titles])
    for entry in running[: -SHOWN - 1 : -1]:
        value = {"received_at": entry.value.get("received_on"), **entry.value}
        cells = [values.inline(shape[key], value[key]) if value.get(key) else "" for key in keys]
        number = gate.link(gate.whole(entry.id), book.atlas.to(book.atlas.page(entry), HOME))
        yield gate.row(f"{number}<br>{gate.text(book.title(entry))}", *cells)
    yield ""


def ways(book: Book) -> Iterator[str]:
    """The rooms in the order of the tabs, and under each the pages asked for most."""
    yield f"## {book.say('ways')}"
    yield ""
    yield '<div class="ways" markdown>'
    yield ""
    targets = {room: (book.say(room), f"{room}/index.md") for room in ROOMS}
    for room, (name, target) in (targets | {"questions": (book.tell("questions.title"), QUESTIONS)}).items():
        yield f"- **{gate.link(name, book.atlas.to(target, HOME))}** {book.say(f'way.{room}')}"
        links = list(_first(book, room))
        if links:
            yield f"    <br>{' · '.join(links)}"
    yield ""
    yield "</div>"
    yield ""


def _first(book: Book, room: str) -> Iterator[str]:
    if room == "questions":
        for stage in (1, 2):
            name = book.tell(f"gaps.readiness.stage-{stage}")
            yield gate.link(name, book.atlas.to(QUESTIONS, HOME, f"stage-{stage}"))
    if room == "clauses":
        yield from (gate.link(gate.whole(clause), clause_page(clause)) for clause in _clauses(book))
    if room == "registers":
        yield gate.link(book.tell("questions.people.title"), book.atlas.to(BY_PERSON, HOME))
    if room == "manual" and book.system.first("process"):
        yield gate.link(book.tell("documents.map"), book.atlas.to(MAP, HOME))
    if room == "documents":
        yield from _lists(book)
    if room == "indicators":
        yield from (gate.link(book.say(own), book.atlas.to(f"{own}/index.md", HOME)) for own in ("alerts", "periods"))
    if room == "gaps":
        yield from (gate.link(book.tell(f"gaps.{own}.title"), f"gaps/{own}.md") for own in ROOM)
    for kind in FIRST.get(room, ()):
        entry = book.system.first(kind)
        if entry is not None:
            page = f"records/{kind}/index.md" if room == "records" else book.atlas.page(entry)
            yield gate.link(gate.text(book.of_kind(entry)), book.atlas.to(page, HOME))


def _lists(book: Book) -> Iterator[str]:
    """The other lists of documents, and the master list of one family."""
    if book.readings:
        yield gate.link(book.tell("master.readings"), book.atlas.to(READINGS, HOME))
    for name in ("external", "record-types"):
        yield gate.link(book.tell(f"master.{name}"), book.atlas.to(MASTER_LIST, HOME, name))
    if book.system.first("process"):
        yield gate.link(book.say("family.processes"), book.atlas.to(MASTER_LIST, HOME, "family=processes"))


def _clauses(book: Book) -> list[str]:
    """The clauses that ask for something, in the order of print."""
    return list(dict.fromkeys(requirement.clause for requirement in book.system.catalogue.requirements.values()))
