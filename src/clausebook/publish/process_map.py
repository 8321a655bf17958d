"""The processes as a picture: what leads to what, who answers for it, each box a way to its page (4.4.1 a, b).

Drawn from the process files: boxes in the order of the flow, one below the other; what goes on is an arc on the
right, what flows back a dashed one on the left. No line crosses a box, and it is as wide as a phone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from ..measure.moments import rows, word, words
from ..model import Entry
from . import gate
from .book import Book, Lines, page
from .palette import CENTRE, INK, VALUE

HERE = "documents/process-map.md"
WIDE, HIGH, BETWEEN, EDGE = 250, 40, 12, 10
NEAR, FURTHER = 16, 10
"""How far an arc to the next box stands out, and how much more for every box that it passes."""
LINE = 15
"""Chinese signs in a line of a box; Latin letters take about half of that."""


@dataclass(frozen=True, slots=True)
class Box:
    """One process: its place from the top, and what is written in it."""

    id: str
    entry: Entry
    name: str
    owner: str
    place: int

    @property
    def top(self) -> int:
        return EDGE + self.place * (HIGH + BETWEEN)


def make(book: Book) -> Iterator[tuple[str, str]]:
    processes = _processes(book)
    if processes:
        title = book.tell("documents.map")
        yield HERE, page(book, HERE, title, _page(book, processes), wide=True)


def _processes(book: Book) -> Mapping[str, Entry]:
    return {str(e.value.get("id") or e.id): e for e in book.system.of("process")}


def _page(book: Book, processes: Mapping[str, Entry]) -> Lines:
    flows = flows_of(processes)
    boxes = boxes_of(book, processes, flows)
    yield book.tell("documents.map_lead")
    yield ""
    # A drawing is HTML already: its links name pages as they will be.
    pages = (book.atlas.to(book.atlas.page(box.entry), HERE).removesuffix(".md") + ".html" for box in boxes)
    links = [(address, f"{box.id} {box.name}") for address, box in zip(pages, boxes, strict=True)]
    said = "; ".join(f"{one} → {other}" for one, other in flows)
    svg = gate.drawing(_svg(boxes, flows), "process-map", book.tell("documents.map"), said, links)
    yield f'<figure class="chart map"><div>{svg}</div></figure>'
    yield ""
    yield from gate.header(book.tell(f"documents.map_{name}") for name in ("process", "inputs", "outputs", "owner"))
    for box in boxes:
        values, shape = book.values(HERE), box.entry.kind.shape.properties
        cells = [values.inline(shape[key], box.entry.value.get(key) or []) for key in ("inputs", "outputs", "owner")]
        name = gate.link(gate.text(f"{box.id} {box.name}"), book.atlas.to(book.atlas.page(box.entry), HERE))
        yield gate.row(name, *cells)
    yield ""


def flows_of(processes: Mapping[str, Entry]) -> tuple[tuple[str, str], ...]:
    """(from, to) between processes, each once, as outputs and inputs name them."""
    found: dict[tuple[str, str], None] = {}
    for one, entry in processes.items():
        for output in rows(entry.value, "outputs"):
            found.update({(one, other): None for other in words(output, "to") if other in processes})
        for given in rows(entry.value, "inputs"):
            source = word(given, "from")
            if source in processes and source is not None:
                found[source, one] = None
    return tuple((one, other) for one, other in found if one != other)


def order_of(names: Sequence[str], flows: Sequence[tuple[str, str]]) -> list[str]:
    """Each process after what leads to it; what would close a circle, as the files number them, flows back."""
    number = {name: place for place, name in enumerate(names)}
    depth = dict.fromkeys(names, 0)
    ahead = [(one, other) for one, other in flows if number[one] < number[other]]
    for one, other in sorted(ahead, key=lambda flow: (number[flow[1]], number[flow[0]])):
        depth[other] = max(depth[other], depth[one] + 1)
    return sorted(names, key=lambda name: (depth[name], number[name]))


def boxes_of(book: Book, processes: Mapping[str, Entry], flows: Sequence[tuple[str, str]]) -> list[Box]:
    """Every process, from top to bottom."""
    boxes = []
    for place, name in enumerate(order_of(list(processes), flows)):
        entry = processes[name]
        english = entry.value.get("name_en")
        said = str(english) if book.language == "en" and english else str(entry.value.get("name") or book.title(entry))
        owner = book.atlas.name(("role", "person"), str(entry.value.get("owner", "")))
        boxes.append(Box(name, entry, said, owner, place))
    return boxes


def _svg(boxes: Sequence[Box], flows: Sequence[tuple[str, str]]) -> str:
    place = {box.id: box for box in boxes}
    reach = max((abs(place[one].place - place[other].place) for one, other in flows), default=1)
    side = EDGE + NEAR + FURTHER * reach
    width, height = 2 * side + WIDE, boxes[-1].top + HIGH + EDGE
    arcs = "".join(_arc(place[one], place[other], side) for one, other in flows)
    drawn = arcs + "".join(_box(box, side) for box in boxes)
    return f'<svg viewBox="0 0 {width} {height}" width="{width}">{drawn}</svg>'


def _arc(one: Box, other: Box, side: int) -> str:
    """Out of the lower part of a box into the upper part of another; back on the left, the other way round."""
    on = one.place < other.place
    out = (NEAR + FURTHER * abs(one.place - other.place)) * 4 // 3
    x, away = (side + WIDE, out) if on else (side, -out)
    y, at = one.top + HIGH * (2 if on else 1) // 3, other.top + HIGH * (1 if on else 2) // 3
    tip = 6 if on else -6
    dashes = "" if on else ' stroke-dasharray="4,3"'
    curve = f"M{x},{y}C{x + away},{y} {x + away},{at} {x + tip},{at}"
    head = f'<path fill="{CENTRE}" d="M{x},{at}l{tip},-4v8Z"/>'
    return f'<path fill="none" stroke="{CENTRE}" stroke-width="1.2"{dashes} d="{curve}"/>{head}'


def _box(box: Box, side: int) -> str:
    y = box.top
    lines = ((side + 10, y + 17, 13, INK, f"{box.id} {box.name}"), (side + 10, y + 33, 11, CENTRE, box.owner))
    said = "".join(
        f'<text x="{left}" y="{top}" font-size="{size}" fill="{colour}">{escape(_short(written))}</text>'
        for left, top, size, colour, written in lines
    )
    frame = f'<path fill="none" stroke="{VALUE}" stroke-width="1.2" d="M{side},{y}h{WIDE}v{HIGH}h-{WIDE}Z"/>'
    return f'<a href="x">{frame}{said}</a>'


def _short(said: str) -> str:
    """As much as fits into a line of the box."""
    width, kept = 0, ""
    for sign in said:
        width += 2 if ord(sign) > 0x2E80 else 1
        if width > 2 * LINE:
            return kept + "…"
        kept += sign
    return kept
