"""What a case is tied to, from either side (7.5.3, 8.4): repeats, duplicates, and every record that names it.

What the case says itself and what others say of it stand side by side; a repeat that was computed from the facts
is told apart from one that somebody wrote down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from ..measure.cases import Case
from ..measure.moments import word
from . import gate
from .book import Book, Lines
from .case_words import say
from .values import Values, definitions

OWN = ("nonconformity", "alert", "crisis", "obligation", "risk", "change", "provider")
SHOWN = 20


def lines(book: Book, case: Case, values: Values) -> Lines:
    """Nothing when the case stands alone, except that it says so."""
    yield f"## {say(book, 'ties')}"
    yield ""
    facts = [*_own(book, case, values), *_repeats(book, case, values), *_others(book, case, values)]
    if facts:
        yield from definitions("facts", facts)
    else:
        yield say(book, "no_ties")
        yield ""
    if not case.repeats.computable and case.counted:
        yield f"<small>{say(book, 'repeats_unknown')}</small>"
        yield ""


def _own(book: Book, case: Case, values: Values) -> Iterator[tuple[str, str]]:
    """What the record names, by kind; who named whom back is marked."""
    named: dict[str, list[str]] = defaultdict(list)
    for mention in book.mentions_in.get(case.entry.path, ()):
        kind = mention.spaces[0] if len(mention.spaces) == 1 else ""
        if kind in OWN:
            named[kind].append(mention.id)
    back = {mention.entry.id for mention in book.mentions_of.get(case.id, ())}
    for kind in OWN:
        ids = dict.fromkeys(named.get(kind, ()))
        if ids:
            both = "" if kind in ("obligation", "risk", "provider") else say(book, "mutual")
            links = [
                book.atlas.reference((kind,), one, values.here) + (f" {both}" if both and one in back else "")
                for one in ids
            ]
            yield say(book, f"tie.{kind}"), " · ".join(links)


def _repeats(book: Book, case: Case, values: Values) -> Iterator[tuple[str, str]]:
    """Earlier cases that this one repeats, later ones that repeat it, and the same fault at other people's."""
    said = word(case.value, "links", "repeat_of")
    earlier = {"r1": case.repeats.r1, "r2": case.repeats.r2, "system": case.repeats.system}
    for kind, ids in earlier.items():
        if ids:
            written = [f"{say(book, 'named')}" if one == said else "" for one in ids]
            yield say(book, f"repeat.{kind}"), _list(book, ids, values, written)
    if said and said not in {*case.repeats.r1, *case.repeats.r2}:
        yield say(book, "repeat.said"), _list(book, [said], values)
    for kind, later in book.repeated_by.get(case.id, {}).items():
        yield say(book, f"repeated.{kind}"), _list(book, later, values)
    original = word(case.value, "links", "duplicate_of")
    if original:
        yield say(book, "duplicate_of"), _list(book, [original], values)


def _others(book: Book, case: Case, values: Values) -> Iterator[tuple[str, str]]:
    """Records that name this case and that it does not name itself, by kind; among complaints the duplicates."""
    own = {mention.id for mention in book.mentions_in.get(case.entry.path, ())}
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for mention in book.mentions_of.get(case.id, ()):
        other, field = mention.entry, mention.pointer[-1]
        if other is case.entry or field == "repeat_of" or (other.kind.name in OWN and other.id in own):
            continue
        duplicate = other.kind.name == "complaint" and field == "duplicate_of"
        title = say(book, "duplicated_by") if duplicate else say(book, "naming", kind=book.of_kind(other))
        page = book.atlas.to(book.atlas.page(other), values.here)
        found[title][other.id] = gate.link(gate.whole(other.id), page, book.title(other))
    for title, links in found.items():
        yield title, " · ".join(list(links.values())[:SHOWN])


def _list(book: Book, ids: Iterable[str], values: Values, marks: Iterable[str] = ()) -> str:
    links = [book.atlas.reference(("complaint",), one, values.here) for one in ids]
    said = [" ".join(filter(None, pair)) for pair in zip(links, [*marks, *[""] * len(links)], strict=False)]
    more = f" {book.say('and_more', count=len(said) - SHOWN)}" if len(said) > SHOWN else ""
    return " · ".join(said[:SHOWN]) + more
