"""What every page maker needs: the book being made, the frame of a page, and problems as a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from ..check.gaps import cure_of
from ..check.rules import SECTION_OF
from ..measure.alerts import surveillance_of
from ..measure.cases import Case
from ..measure.indicators import Result
from ..measure.readings import Acknowledgement, acknowledgements
from ..measure.responses import answers_of
from ..measure.ties import repeated_by
from ..measure.validity import Period, periods, standing
from ..measure.watched import Watched, watched_streams
from ..model import Entry, Mention
from ..pipeline import Report
from ..problems import Lapse, Problem
from ..wording import COLON, choose, text
from . import gate
from .alert_formats import Watch
from .atlas import Atlas
from .figures import MONTHS, Figures, backlog_of, figures_of
from .formats import message, remedy
from .restricted import silent, silent_case
from .values import Values, chip

Lines = Iterator[str]

RULE_MANUAL = "gaps/rules.md"
SAID_SINGLY = 3
SHOWN_PLACES = 30


class Book:
    """What every page maker needs: the report, where things stand, the language, whether it is a draft.

    `system` holds the documents as they are valid on the day; the report judged them as they lie in the folder.
    Of restricted records `system` and `cases` have only what may be shown; pages write from these two.
    """

    def __init__(self, report: Report, language: str, *, draft: bool = False) -> None:
        self.report = report
        self.system = silent(standing(report.system, report.measured.approvals))
        self.language = language
        self._held: dict[str, tuple[Period, ...]] = {}
        self.draft = draft
        self.atlas = Atlas(self.system, language=language)

    @property
    def as_of(self) -> date:
        return self.system.as_of

    @cached_property
    def figures(self) -> Figures:
        """All indicators over all periods that pages show."""
        return figures_of(self.report)

    @cached_property
    def backlog(self) -> Result | None:
        """What is open on the as-of date, by its age."""
        return backlog_of(self.report)

    @cached_property
    def watch(self) -> Watch:
        """All alarms with their answers, as `alerts` tells them; of what is right in form only."""
        system, complaints = self.report.measured.sound, self.report.measured.complaints
        seen = surveillance_of(system, complaints)
        return Watch(seen, answers_of(system, complaints, seen), system.as_of)

    @cached_property
    def watched(self) -> tuple[Watched, ...]:
        """The streams under their rules, for the control charts."""
        return watched_streams(self.report.measured.sound, self.report.measured.complaints, MONTHS)

    @cached_property
    def lying(self) -> Mapping[tuple[str, int], Entry]:
        """Entries as they lie in the folder, by path and part: drafts, too."""
        return {(entry.path, entry.part): entry for entry in self.report.system.entries}

    def held(self, document: Entry) -> tuple[Period, ...]:
        """The approved versions of a document and when each held."""
        if document.path not in self._held:
            own = self.lying.get((document.path, document.part), document)
            self._held[document.path] = periods(self.report.measured.approvals, own)
        return self._held[document.path]

    def say(self, key: str, **facts: Any) -> str:
        return text(f"site.{key}", self.language, **facts)

    @cached_property
    def cases(self) -> Mapping[str, Case]:
        """Complaints by path as they were measured; one that is wrong in form is not among them."""
        return {case.entry.path: silent_case(case) for case in self.report.measured.cases}

    @cached_property
    def causes(self) -> Mapping[str, str | None]:
        """The group of causes of every complaint by its number, for counts only: of restricted ones, too."""
        return {case.id: case.cause for case in self.report.measured.cases}

    @cached_property
    def problems_at(self) -> Mapping[str, list[Problem]]:
        """Problems by the file they are in."""
        found: dict[str, list[Problem]] = defaultdict(list)
        for problem in self.report.problems:
            found[problem.place.path].append(problem)
        return found

    @cached_property
    def lapses_of(self) -> Mapping[str, list[Lapse]]:
        """Treated lapses by the record that shows them."""
        found: dict[str, list[Lapse]] = defaultdict(list)
        for lapse in self.report.lapses:
            found[lapse.problem.record].append(lapse)
        return found

    @cached_property
    def mentions_in(self) -> Mapping[str, list[Mention]]:
        """What a file refers to."""
        found: dict[str, list[Mention]] = defaultdict(list)
        for mention in self.system.referred:
            found[mention.entry.path].append(mention)
        return found

    @cached_property
    def mentions_of(self) -> Mapping[str, list[Mention]]:
        """What refers to a complaint, by its id."""
        found: dict[str, list[Mention]] = defaultdict(list)
        for mention in self.system.referred:
            if "complaint" in mention.spaces:
                found[mention.id].append(mention)
        return found

    @cached_property
    def readings(self) -> Mapping[str, Acknowledgement]:
        """Who has confirmed reading the version in force, by document."""
        found = acknowledgements(self.system, self.report.measured.approvals)
        return {one.document.path: one for one in found}

    @cached_property
    def repeated_by(self) -> Mapping[str, Mapping[str, list[str]]]:
        return repeated_by(self.report.measured.cases)

    def tell(self, key: str, **facts: Any) -> str:
        """A text of any part of the locale."""
        return text(key, self.language, **facts)

    def rule(self, rule: str, here: str) -> str:
        """The address of a rule in the manual."""
        return self.atlas.to(rule_page(SECTION_OF[rule]), here, rule)

    def period(self, label: str, here: str) -> str:
        """A period's label, as a link to its report where there is one."""
        name = gate.whole(label)
        return gate.link(name, self.atlas.to(f"periods/{label}.md", here)) if label in self.figures.reported else name

    def values(self, here: str) -> Values:
        return Values(self.atlas, here, self.language)

    def choose(self, both: Mapping[str, str]) -> str:
        return choose(both, self.language)

    def colophon(self, entry: Entry) -> str:
        """The last line of a page: where it comes from, the digest of that file, uncontrolled when printed."""
        digest = f"SHA-256 {entry.source.sha256[:16]}…"
        return f"<small>{self.say('source')} {gate.text(entry.path)} · {digest} · {self.say('uncontrolled')}</small>"

    def of_kind(self, entry: Entry) -> str:
        return self.choose(entry.kind.title)

    def title(self, entry: Entry) -> str:
        """What an entry is called in the reader's language."""
        english = entry.value.get("title_en")
        name = next((entry.value[k] for k in ("title", "name") if isinstance(entry.value.get(k), Mapping)), None)
        if self.language == "en" and isinstance(english, str):
            return english
        return (
            self.of_kind(entry) if entry.title == entry.kind.title["zh"] else choose(name or entry.title, self.language)
        )

    def name(self, entry: Entry) -> str:
        """What an entry is called where that says more than its kind; else nothing. Not yet safe."""
        title = self.title(entry)
        return "" if title == self.of_kind(entry) else title

    def below(self, entry: Entry) -> str:
        """The name on a line of its own, below a number."""
        name = self.name(entry)
        return f"<br>{gate.text(name)}" if name else ""


def page(book: Book, here: str, title: str, lines: Lines, *, wide: bool = False, found: bool = True) -> str:
    """A page: front matter that only we write, the way back, the heading, a banner on drafts, then the content.

    `wide` gives a long table the whole width; what is not `found` repeats other pages and stays out of the search.
    """
    told = [] if found else ["search: {exclude: true}"]
    head = front_matter(title, *told, wide=wide)
    banner = [*_draft_banner(book), *past_banner(book)]
    return "\n".join([*head, *_trail(book, here), f"# {gate.text(title)}", "", *banner, *lines]) + "\n"


def front_matter(title: str, *told: str, wide: bool = False) -> list[str]:
    """What stands before a generated page, written by us alone; macros never run in it."""
    hidden = "[navigation, toc]" if wide else "[navigation]"
    return ["---", f'title: "{gate.plain(title)}"', "render_macros: false", f"hide: {hidden}", *told, "---", ""]


def _draft_banner(book: Book) -> Lines:
    if book.draft:
        yield f'!!! warning "{book.say("draft")}"'
        yield f"    {book.say('draft_banner')}"
        yield ""


def past_banner(book: Book) -> Lines:
    """Every page of a manual as it stood says so, and from which commit."""
    history = book.system.history
    if history.state == "past":
        facts = {"as_of": book.system.as_of.isoformat(), "commit": (history.commit or "")[:12]}
        yield f'!!! warning "{book.tell("documents.as_it_stood")}"'
        yield f"    {gate.text(book.tell('documents.as_it_stood_banner', **facts))}"
        yield ""


def _trail(book: Book, here: str) -> Lines:
    """The way back: the room, and the list that this page belongs to."""
    room, *rest = here.split("/")
    steps = [(book.say(room), f"{room}/index.md")]
    if len(rest) > 1:
        steps.append((book.choose(book.system.kinds[rest[0]].title), f"{room}/{rest[0]}/index.md"))
    links = [gate.link(gate.text(name), book.atlas.to(page, here)) for name, page in steps if page != here]
    if links:
        yield f'<div class="trail" {gate.UNSOUGHT} markdown>{" › ".join(links)}</div>'
        yield ""


def rule_page(section: str) -> str:
    """Where the rules of a chapter, or of one of the parts before the chapters, are explained."""
    return f"gaps/rules-{section}.md"


def rule_link(book: Book, rule: str, here: str) -> str:
    """A rule by its title, leading to its place in the manual; a name that no rule has stays a name."""
    if rule not in SECTION_OF:
        return gate.text(rule)
    return gate.link(gate.text(text(f"rules.{rule}.title", book.language)), book.rule(rule, here))


def problem_lines(book: Book, problems: Sequence[Problem], here: str) -> Lines:
    """Problems as a list: level, what, what to do, where. Many of one rule at known lines are said once, line by line.

    What is missing has no line; it is always said by itself, because only its message tells what it is.
    """
    groups: dict[tuple[object, ...], list[Problem]] = {}
    for found in problems:
        path = found.place.path
        room = "/".join(path.split("/")[:2]) if path.startswith("records/") else path
        groups.setdefault((found.rule, found.level, found.basis, room, bool(found.place.line)), []).append(found)
    for group in groups.values():
        alike = len(group) > SAID_SINGLY and bool(group[0].place.line)
        for together in [group] if alike else [[found] for found in group]:
            yield from _problem(book, together, here)
    yield ""


def _problem(book: Book, together: list[Problem], here: str) -> Lines:
    found = together[0]
    level = chip("bad" if found.level == "error" else "warn", text(f"check.level.{found.level}", book.language))
    basis = text(f"check.basis.{found.basis}", book.language)
    rule = rule_link(book, found.rule, here)
    count = f" × {len(together)}" if len(together) > 1 else ""
    example = f"{book.say('problem.example')} " if len(together) > 1 else ""
    colon = COLON[book.language]
    yield f"- {level} **{rule}**{count} · {basis} · {_places(book, together, here)}  "
    yield f"    {example}{gate.text(message(found, book.language))}  "
    cure = cure_of(book.system, found)
    end = "  " if cure.command else ""
    yield f"    {text('check.remedy', book.language)}{colon}{gate.text(remedy(found, book.language))}{end}"
    if cure.command:
        yield f"    {text('gaps.start', book.language)}{colon}<code>{gate.text(cure.command)}</code>"


def _places(book: Book, together: list[Problem], here: str) -> str:
    """Each file with its lines; beyond a page's measure the rest is counted: every record's own page says its own."""
    lines: dict[str, list[str]] = {}
    for found in together:
        lines.setdefault(found.place.path, []).extend([str(found.place.line)] if found.place.line else [])
    shown = []
    for path, numbers in list(lines.items())[:SHOWN_PLACES]:
        where = gate.text(f"{path}:{', '.join(numbers)}" if numbers else path)
        source = book.atlas.sources.get(path)
        shown.append(gate.link(where, book.atlas.to(source, here)) if source else where)
    if len(lines) > SHOWN_PLACES:
        shown.append(book.say("and_more", count=len(lines) - SHOWN_PLACES))
    return " · ".join(shown)
