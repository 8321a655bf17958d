"""The strict loader: text stays text, and every refusal has its line and column."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from clausebook.load import front_matter
from clausebook.load.strict_yaml import Refused, decode, parse

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "adversarial"


def value(text: str) -> object:
    return parse(text)[0].value


@pytest.mark.parametrize(
    "written",
    ["2026-03-04", "2026-13-45", "12:30:45", "no", "off", "017", "0138", "13800138000", "1.20", "1_000", "0x1F", "1e5",
     "2026-03-04T09:12:00+08:00", "NaN", ".inf", "=", "A/0"],
)  # fmt: skip
def test_every_scalar_stays_text(written: str) -> None:
    assert value(f"a: {written}\n") == {"a": written}


def test_nothing_written_is_nothing() -> None:
    assert value("a:\nb: ~\nc: null\nd: ''\n") == {"a": None, "b": None, "c": None, "d": ""}


@pytest.mark.parametrize(
    "text, rule, line, column",
    [
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", 3, 1),
        ("x:\n  a: 1\n  a: 2\n", "duplicate-key", 3, 3),
        ("a: &n 1\n", "yaml-alias", 1, 4),
        ("a: 1\nb: *n\n", "yaml-alias", 2, 4),
        ("a: !!int 3\n", "yaml-tag", 1, 4),
        ("a: !x 3\n", "yaml-tag", 1, 4),
        ("<<: {a: 1}\n", "yaml-key", 1, 1),
        ("? [a]\n: 1\n", "yaml-key", 1, 3),
        ("? {a: 1}\n: 1\n", "yaml-key", 1, 3),
        ("'': 1\n", "yaml-key", 1, 1),
        ("a: [1, 2\n", "yaml-syntax", 2, 1),
        ("a: b: c\n", "yaml-syntax", 1, 5),
        ("\ta: 1\n", "yaml-syntax", 1, 1),
        ("a:\n  - 1\n - 2\n", "yaml-syntax", 3, 2),
    ],
)
def test_refusals_have_their_place(text: str, rule: str, line: int, column: int) -> None:
    with pytest.raises(Refused) as refused:
        parse(text)
    assert (refused.value.rule, refused.value.line, refused.value.column) == (rule, line, column)


@pytest.mark.parametrize("deep", ["- " * 50_000, "[" * 50_000, "{a: " * 50_000, "? " * 50_000, "- ? " * 20_000])
def test_depth_is_bounded_before_anything_breaks(deep: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(deep)
    assert refused.value.rule in ("too-deep", "yaml-key")


def test_a_bomb_is_refused_at_its_first_anchor() -> None:
    with pytest.raises(Refused, match="yaml-alias"):
        parse('a: &a ["lol","lol"]\nb: &b [*a,*a]\nc: [*b,*b]\n')


@pytest.mark.parametrize(
    "raw, rule, line, column",
    [
        (b"\xef\xbb\xbfa: 1\n", "byte-order-mark", 1, 1),
        ("a: 中文\n".encode("gb18030"), "not-utf-8", 1, 4),
        ("a: 1\n".encode("utf-16"), "not-utf-8", 1, 1),
        (b"\x89PNG\r\n\x1a\n", "not-utf-8", 1, 1),
        (b"a: 1\r\nb: 2\r\n", "line-endings", 1, 5),
        ("a: 1\nb: x\u202ey\n".encode(), "hidden-character", 2, 5),
        (b"a: \x00\n", "hidden-character", 1, 4),
        (b"a" * (1024 * 1024 + 1), "file-too-large", 1, 1),
    ],
)
def test_bytes_that_are_no_plain_text(raw: bytes, rule: str, line: int, column: int) -> None:
    with pytest.raises(Refused) as refused:
        decode(raw)
    assert (refused.value.rule, refused.value.line, refused.value.column) == (rule, line, column)


def test_positions_count_in_the_file() -> None:
    [part] = parse("a:\n  - x: 1\n    y: 2\n", positions=True)
    assert part.positions[("a", 0, "y")] == (3, 5)
    part, body, line = front_matter.read("---\na: 1\nb: 2\n---\n# T\n", positions=True)
    assert part.positions[("b",)] == (3, 1)
    assert (body, line) == ("# T\n", 5)


def test_several_parts_in_one_file() -> None:
    assert [part.value for part in parse("a: 1\n---\nb: 2\n")] == [{"a": "1"}, {"b": "2"}]
    assert [part.line for part in parse("a: 1\n---\nb: 2\n")] == [1, 2]


@pytest.mark.parametrize("text", ["# only\n", "---\na: 1\n", "no front matter", ""])
def test_front_matter_must_be_there_and_closed(text: str) -> None:
    with pytest.raises(Refused):
        front_matter.read(text)


plain = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Co", "Cn")), max_size=30
)
trees = st.recursive(
    plain, lambda t: st.lists(t, max_size=4) | st.dictionaries(plain.filter(bool), t, max_size=4), max_leaves=12
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(plain.filter(lambda k: bool(k) and k != "<<"), trees, min_size=1, max_size=5))
def test_what_a_yaml_writer_wrote_is_read_back(tree: dict[str, object]) -> None:
    """Oracle: PyYAML's own loader without implicit types, on what PyYAML wrote."""
    written = yaml.dump(tree, allow_unicode=True, Dumper=yaml.SafeDumper)
    try:
        ours = value(written)
    except Refused as refused:
        assert refused.rule == "yaml-key"  # a nested "<<" key
        return
    assert ours == yaml.load(written, Loader=yaml.BaseLoader)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200))
def test_anything_else_is_refused_in_words(text: str) -> None:
    try:
        parse(decode(text.encode("utf-8", "surrogatepass")))
    except Refused as refused:
        assert refused.line >= 1 and refused.column >= 1


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared adversarial data are not on this machine")
def test_naughty_strings_survive_or_are_refused() -> None:
    for file in SHARED.glob("naughty*.json"):
        for text in json.loads(file.read_text("utf-8")):
            try:
                assert value("a: " + json.dumps(text, ensure_ascii=False) + "\n") == {"a": text}
            except Refused:
                continue
