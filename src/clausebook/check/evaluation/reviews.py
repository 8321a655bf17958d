"""9.3: top management itself reviews the system in its own rhythm, says what it thinks, and decides something.

Figures can be computed; conclusions cannot (corrections 36). A conclusion that is a copy, or no sentence, is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ...measure import Measured
from ...measure.moments import child, day, rows, word, words
from ...measure.offices import Offices
from ...measure.rhythm import months_after
from ...model import Entry, Pointer, System
from ...problems import Problem, Rule
from ..reporting import found

MANAGEMENT_REVIEW_OVERDUE = Rule("management-review-overdue", "due", "own")
MANAGEMENT_REVIEW_LATE = Rule("management-review-late", "lapse", "own")
MANAGEMENT_REVIEW_RARE = Rule("management-review-rare", "contradiction", "implied")
REVIEW_WITHOUT_TOP = Rule("review-without-top", "lapse", "explicit")
REVIEW_CHAIR_ABSENT = Rule("review-chair-absent", "contradiction", "explicit")
REVIEW_UNATTENDED = Rule("review-unattended", "contradiction", "implied")
CONCLUSION_COPIED = Rule("conclusion-copied", "contradiction", "own")
CONCLUSION_EMPTY = Rule("conclusion-empty", "contradiction", "own")
REVIEW_OUTPUT_CONTRADICTS = Rule("review-output-contradicts", "contradiction", "own")
REVIEW_OUTPUT_BEFORE_REVIEW = Rule("review-output-before-review", "contradiction", "own")
REVIEW_CHANGE_UNLINKED = Rule("review-change-unlinked", "contradiction", "own")
RULES = (
    MANAGEMENT_REVIEW_OVERDUE, MANAGEMENT_REVIEW_LATE, MANAGEMENT_REVIEW_RARE, REVIEW_WITHOUT_TOP, REVIEW_CHAIR_ABSENT,
    REVIEW_UNATTENDED, CONCLUSION_COPIED, CONCLUSION_EMPTY, REVIEW_OUTPUT_CONTRADICTS, REVIEW_OUTPUT_BEFORE_REVIEW,
    REVIEW_CHANGE_UNLINKED,
)  # fmt: skip
READS = frozenset({"management-review", "people", "roles", "change", "resources"})

THREE = ("suitability", "adequacy", "effectiveness")
OUTPUTS = ("a", "b", "c")
SHORTEST = 6
"""Signs of the shortest sentence that says something; shorter are words like 同意."""
FEWEST = 3
"""Words of the shortest sentence in a script that parts its words; fewer are "agreed" or "as above"."""


def check(system: System, measured: Measured) -> Iterator[Problem]:
    offices = Offices(system)
    reviews = in_order(system)
    changes = {entry.id: entry for entry in system.of("change")}
    for number, (on, review) in enumerate(reviews):
        following = reviews[number + 1] if number + 1 < len(reviews) else None
        yield from _rhythm(system.as_of, on, review, following)
        yield from _present(offices, on, review)
        yield from _conclusions(review, reviews[number - 1][1] if number else None)
        for letter in OUTPUTS:
            yield from _outputs(on, review, letter, changes)


def in_order(system: System) -> list[tuple[date, Entry]]:
    """Reviews by the day they were held."""
    held = [(on, entry) for entry in system.of("management-review") if (on := day(entry.value, "held_on"))]
    return sorted(held, key=lambda pair: (pair[0], pair[1].id))


def _rhythm(as_of: date, on: date, review: Entry, following: tuple[date, Entry] | None) -> Iterator[Problem]:
    """Each review names the day of the next; that day is the planned interval."""
    ahead = day(review.value, "next_on")
    if ahead is None:
        return
    facts = {"on": on.isoformat(), "next": ahead.isoformat()}
    if following is None and ahead > months_after(on, 13) and not word(review.value, "interval_reason"):
        yield found(MANAGEMENT_REVIEW_RARE, review, ("next_on",), ("9.3.int",), facts=facts)
    if following is None and ahead < as_of:
        yield found(MANAGEMENT_REVIEW_OVERDUE, review, ("next_on",), ("9.3.int",), facts=facts)
    elif following is not None and following[0] > ahead:
        facts["held"] = following[0].isoformat()
        breach = ("missed-period", "other")
        yield found(MANAGEMENT_REVIEW_LATE, following[1], ("held_on",), ("9.3.int",), breach=breach, facts=facts)


def _present(offices: Offices, on: date, review: Entry) -> Iterator[Problem]:
    chair, there = word(review.value, "chair"), words(review.value, "attendees")
    away = {str(row.get("person")) for row in rows(review.value, "absent")}
    if chair is not None and not offices.top_management(chair, on):
        yield found(REVIEW_WITHOUT_TOP, review, ("chair",), ("9.3.int",), breach=("other",), who=chair)
    if chair is not None and there and (chair not in there or chair in away):
        yield found(REVIEW_CHAIR_ABSENT, review, ("chair",), ("9.3.int",), who=chair)
    evidence = child(review.value, "attendance_evidence")
    if not (isinstance(evidence, dict) and evidence):
        yield found(REVIEW_UNATTENDED, review, ("attendees",), ("9.3.int",))


def _conclusions(review: Entry, before: Entry | None) -> Iterator[Problem]:
    """The three conclusions and one for each input: sentences of their own, not copies of facts or of each other."""
    told: dict[str, Pointer] = {}
    for pointer, asked in _places(review):
        text = _text(review, pointer)
        if not text:
            continue
        written = word(review.value, *_keys(pointer)) or ""
        if len(text) < SHORTEST or (text.isascii() and len(written.split()) < FEWEST):
            yield found(CONCLUSION_EMPTY, review, pointer, (asked,), text=written)
            continue
        facts = _text(review, (*pointer[:-1], "facts")) if pointer[-1] == "conclusion" else ""
        again = _text(before, pointer) if before is not None else ""
        if text in (facts, again) or text in told:
            yield found(CONCLUSION_COPIED, review, pointer, (asked,))
        told.setdefault(text, pointer)


def _places(review: Entry) -> Iterator[tuple[Pointer, str]]:
    for name in THREE:
        yield ("conclusions", name), "9.3.int"
    inputs = child(review.value, "inputs")
    for key in inputs if isinstance(inputs, dict) else ():
        yield ("inputs", key, "conclusion"), requirement_of(key)


def requirement_of(key: str) -> str:
    """The requirement that an input serves: a → 9.3.in.a, c_4 → 9.3.in.c.4."""
    return f"9.3.in.{key.replace('_', '.')}"


def _keys(pointer: Pointer) -> list[str]:
    return [step for step in pointer if isinstance(step, str)]


def _text(review: Entry | None, pointer: Pointer) -> str:
    written = word(review.value, *_keys(pointer)) if review is not None else None
    return "".join(sign for sign in (written or "").casefold() if sign.isalnum())


def _outputs(on: date, review: Entry, letter: str, changes: dict[str, Entry]) -> Iterator[Problem]:
    asked, at = (f"9.3.out.{letter}",), ("outputs", letter)
    actions = rows(review.value, *at, "actions")
    if actions and word(review.value, *at, "none_reason"):
        yield found(REVIEW_OUTPUT_CONTRADICTS, review, (*at, "none_reason"), asked)
    for index, row in enumerate(actions):
        for key in ("due_on", "done_on"):
            when = day(row, key)
            if when is not None and when < on:
                facts = {"what": str(row.get("what")), "on": when.isoformat(), "held": on.isoformat()}
                yield found(REVIEW_OUTPUT_BEFORE_REVIEW, review, (*at, "actions", index, key), asked, facts=facts)
        change = changes.get(word(row, "change_id") or "")
        if change is not None and not _knows(change, review, row):
            facts = {"what": str(row.get("what")), "change": change.id}
            yield found(REVIEW_CHANGE_UNLINKED, review, (*at, "actions", index, "change_id"), asked, facts=facts)


def _knows(change: Entry, review: Entry, action: dict[str, object]) -> bool:
    """The change names the review, or the improvement that carries the decision, or was there before it."""
    reasons, proposed = words(change.value, "source", "references"), day(change.value, "proposed_on")
    held = day(review.value, "held_on")
    older = proposed is not None and held is not None and proposed < held
    return older or review.id in reasons or word(action, "improvement") in reasons
