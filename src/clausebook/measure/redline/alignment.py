"""Which of the old goes with which of the new: kept, changed where it stood, or moved.

The longest stretches that both have come first (difflib's way, which reads better than the shortest edit), then what
bears the same name, then what is alike. All of it within an `Effort`: tangled input is compared more coarsely, never
for long.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from .words import weights

ENOUGH = 5_000_000
"""Steps for one document: about a second."""
COMPARED = 40_000
"""Pairs that are asked for likeness at once; with more, only those at about the same height are."""
ALIKE = 0.45
STILL_ITSELF = 0.7
"""Share of common words: from here on a passage in its place is the same, changed; elsewhere it has moved, changed."""
LETTERS = 12
"""Shorter passages resemble each other by chance, so that no move is read out of their likeness."""

Pair = tuple[int, int]


@dataclass(slots=True)
class Effort:
    """What may still be spent on one comparison. `coarse` once something was too dear and was left undivided."""

    left: int = ENOUGH
    coarse: bool = False

    def affords(self, steps: int) -> bool:
        if steps > self.left:
            self.coarse = True
            return False
        self.left -= steps
        return True


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing to align: equal when `key` is; the same one when `name` is; else as alike as the words of
    `text`."""

    key: Hashable
    family: str
    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """An old and a new index that belong together, or one of them alone."""

    before: int | None
    after: int | None
    moved: bool = False


def matching(old: Sequence[Hashable], new: Sequence[Hashable], effort: Effort) -> list[Pair]:
    """Indices of equal members, both rising."""
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] != new[i]), shorter)
    tail = next((i for i in range(shorter - head) if old[-1 - i] != new[-1 - i]), shorter - head)
    inner = _stretches(old[head : len(old) - tail], new[head : len(new) - tail], effort)
    return [
        *((i, i) for i in range(head)),
        *((head + i, head + j) for i, j in inner),
        *((len(old) - i, len(new) - i) for i in range(tail, 0, -1)),
    ]


def _stretches(old: Sequence[Hashable], new: Sequence[Hashable], effort: Effort) -> list[Pair]:
    """The longest common stretch, then the same on both sides of it, as far as the effort goes."""
    matcher: SequenceMatcher[Hashable] = SequenceMatcher(None, old, new, autojunk=False)
    where: dict[Hashable, int] = Counter(new)
    dear = [0]
    for member in old:
        dear.append(dear[-1] + 1 + where.get(member, 0))
    found: list[Pair] = []
    todo = [(0, len(old), 0, len(new))]
    while todo:
        i, i_end, j, j_end = todo.pop()
        if i == i_end or j == j_end or not effort.affords(dear[i_end] - dear[i]):
            continue
        at = matcher.find_longest_match(i, i_end, j, j_end)
        if at.size:
            found += ((at.a + k, at.b + k) for k in range(at.size))
            todo += [(i, at.a, j, at.b), (at.a + at.size, i_end, at.b + at.size, j_end)]
    return sorted(found)


def aligned(old: Sequence[Piece], new: Sequence[Piece], effort: Effort) -> list[Match]:
    """Every old and every new piece once, in the order of reading: the new one, what is gone where it stood."""
    known = dict(matching([p.key for p in old], [p.key for p in new], effort))
    for trait in ("name", "key"):
        known |= _the_only_ones(old, new, known, trait)
    for rows, columns in _gaps(known, len(old), len(new)):
        known |= _alike(old, new, rows, columns, effort)
    rows = [i for i in range(len(old)) if i not in known]
    taken = set(known.values())
    columns = [j for j in range(len(new)) if j not in taken]
    if len(rows) * len(columns) <= COMPARED:
        known |= _alike(old, new, rows, columns, effort, elsewhere=True)
    else:
        effort.coarse = True
    return list(_in_order(known, len(old), len(new)))


def _the_only_ones(old: Sequence[Piece], new: Sequence[Piece], known: dict[int, int], trait: str) -> dict[int, int]:
    """Pieces that are the only ones, among those left on either side, with this name or key."""
    taken = set(known.values())
    left = _unique((i, getattr(p, trait)) for i, p in enumerate(old) if i not in known)
    right = _unique((j, getattr(p, trait)) for j, p in enumerate(new) if j not in taken)
    return {i: right[said] for said, i in left.items() if said and said in right}


def _unique(members: Iterator[tuple[int, Hashable]]) -> dict[Hashable, int]:
    found: dict[Hashable, list[int]] = {}
    for index, said in members:
        found.setdefault(said, []).append(index)
    return {said: places[0] for said, places in found.items() if len(places) == 1}


def _gaps(known: dict[int, int], rows: int, columns: int) -> Iterator[tuple[list[int], list[int]]]:
    """What is left on both sides between pairs that stayed in order."""
    taken = set(known.values())
    i = j = 0
    for at, to in [*sorted(_staying(known).items()), (rows, columns)]:
        left = [row for row in range(i, at) if row not in known]
        right = [column for column in range(j, to) if column not in taken]
        if left and right:
            yield left, right
        i, j = at + 1, to + 1


def _alike(
    old: Sequence[Piece], new: Sequence[Piece], rows: list[int], columns: list[int], effort: Effort,
    *, elsewhere: bool = False,
) -> dict[int, int]:  # fmt: skip
    """The most alike first; in one gap none crosses another."""
    if not rows or not columns:
        return {}
    reach = max(1, COMPARED // (2 * len(rows)))
    if not effort.affords(sum(8 + len(weights(old[i].text)) for i in rows) * min(len(columns), 2 * reach)):
        return {}
    candidates = []
    for nth, i in enumerate(rows):
        middle = nth * len(columns) // len(rows)
        for j in columns[max(0, middle - reach) : middle + reach]:
            share = likeness(old[i], new[j], LETTERS if elsewhere else 0)
            if share >= (STILL_ITSELF if elsewhere else ALIKE):
                candidates.append((-share, abs(nth - j + columns[0]), i, j))
    left: list[int] = []
    right: list[int] = []
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, i, j in sorted(candidates):
        if i in found or j in taken:
            continue
        at, to = bisect_left(left, i), bisect_left(right, j)
        if at == to or elsewhere:
            left.insert(at, i)
            right.insert(to, j)
            found[i] = j
            taken.add(j)
    return found


def likeness(old: Piece, new: Piece, letters: int = 0) -> float:
    """Share of the words in common, longer words counting more; 0 between things of another family or name."""
    if old.family != new.family or (old.name and new.name):
        return 0.0
    mine, yours = weights(old.text), weights(new.text)
    total = mine.total() + yours.total()
    if not total or total < 2 * letters:
        return 0.0
    common = sum(min(count, yours[word]) for word, count in mine.items() if word in yours)
    return 2 * common / total


def _staying(known: dict[int, int]) -> dict[int, int]:
    """The most pairs that keep their order; all others have moved."""
    ends: list[int] = []
    chain: list[int] = []
    previous: dict[int, int | None] = {}
    for i in sorted(known):
        at = bisect_left(ends, known[i])
        ends[at : at + 1] = [known[i]]
        chain[at : at + 1] = [i]
        previous[i] = chain[at - 1] if at else None
    kept: dict[int, int] = {}
    last = chain[-1] if chain else None
    while last is not None:
        kept[last] = known[last]
        last = previous[last]
    return kept


def _in_order(known: dict[int, int], rows: int, columns: int) -> Iterator[Match]:
    staying = _staying(known)
    origin = {j: i for i, j in known.items()}
    gone = iter([i for i in range(rows) if i not in known])
    waiting = next(gone, None)
    ahead = iter([*sorted(staying), rows])
    limit = next(ahead)
    for j in range(columns):
        while waiting is not None and waiting < limit:
            yield Match(waiting, None)
            waiting = next(gone, None)
        i = origin.get(j)
        yield Match(i, j, moved=i is not None and i not in staying)
        if i == limit:
            limit = next(ahead)
    while waiting is not None:
        yield Match(waiting, None)
        waiting = next(gone, None)
