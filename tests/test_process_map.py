"""The process map: every process and flow of the files, in order, each box a way to its page (4.4.1)."""

from __future__ import annotations

import re
from html import unescape

from clausebook.pipeline import Report
from clausebook.publish.book import Book
from clausebook.publish.process_map import HERE, flows_of, make, order_of


def test_a_process_stands_after_what_leads_to_it() -> None:
    flows = [("a", "c"), ("c", "b"), ("b", "a"), ("a", "d")]
    assert order_of(["a", "b", "c", "d"], flows) == ["a", "b", "c", "d"], (
        "c to b goes against the numbers: it flows back"
    )
    assert order_of(["a", "b", "c"], [("a", "c")]) == ["a", "b", "c"]
    assert order_of(["a", "b", "c"], [("a", "b"), ("a", "c"), ("b", "c")]) == ["a", "b", "c"]


def test_the_picture_has_every_process_and_every_flow(example: Report) -> None:
    book = Book(example, "zh")
    [(path, text)] = list(make(book))
    assert path == HERE
    processes = {str(entry.value["id"]): entry for entry in example.system.of("process")}
    flows = flows_of(processes)
    assert ("P-04", "P-05") in flows and all(one in processes and other in processes for one, other in flows)
    drawing = text[text.index("<svg") : text.index("</svg>")]
    for name, entry in processes.items():
        assert f'href="{book.atlas.page(entry).rpartition("/")[2].removesuffix(".md")}.html"' in drawing
        assert re.search(rf">{name} ", unescape(drawing))
    # An arc and its head for every flow, a frame for every process.
    assert drawing.count("<path") == 2 * len(flows) + len(processes)
