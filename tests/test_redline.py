"""The red-line: what a reader is told of a change, typed by hand, and what must hold of every change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clausebook.load.standards import own_schemas
from clausebook.measure.redline import Passage, Redline, redline
from clausebook.measure.redline.alignment import Effort
from clausebook.measure.redline.fields import compared as fields_compared
from clausebook.measure.redline.passages import blocks, compared
from clausebook.measure.redline.spans import Span, spans
from clausebook.measure.redline.words import words
from clausebook.pipeline import Report
from clausebook.publish import redline_text
from clausebook.publish.atlas import Atlas
from clausebook.publish.values import Values

KINDS = own_schemas().kinds
HEAD = "---\nkind: procedure\nnumber: CP-01\nversion: A/0\n---\n"


def markdown(before: str | None, after: str | None) -> Redline:
    texts = (text if text is None else HEAD + text for text in (before, after))
    return redline(*texts, KINDS, markdown=True)


def limits(before: str, after: str) -> Redline:
    return redline(before, after, KINDS, markdown=False, placed="time-limits")


def changes(found: Redline) -> list[Passage]:
    return [passage for passage in found.passages if passage.how != "kept"]


def marked(cell: tuple[Span, ...]) -> str:
    sign = {"kept": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(sign[span.how].format(span.text) for span in cell)


# -- a paragraph moved


def test_a_paragraph_moved_is_moved() -> None:
    first = (
        "# 程序\n\n## 目的\n\n客服专员接到投诉后当即登记。\n\n投诉由投诉主管分级。\n\n## 结果\n\n结果在结案当日告知。\n"
    )
    second = (
        "# 程序\n\n## 目的\n\n投诉由投诉主管分级。\n\n## 结果\n\n结果在结案当日告知。\n\n客服专员接到投诉后当即登记。\n"
    )
    found = markdown(first, second)
    [moved] = changes(found)
    assert (moved.how, moved.origin, moved.section) == ("moved", "目的", "结果")
    assert moved.cells == ((Span("kept", "客服专员接到投诉后当即登记。"),),)
    assert (moved.before, moved.after) == (2, 5)
    assert found.counts == {"added": 0, "changed": 0, "removed": 0, "moved": 1}


def test_a_paragraph_moved_and_changed_shows_its_words() -> None:
    first = "客服专员接到投诉后应在一个小时内完成登记并告知投诉者编号。\n\n## 甲\n\n子。\n\n## 乙\n\n丑。\n"
    second = "## 甲\n\n子。\n\n## 乙\n\n丑。\n\n客服专员接到投诉后应在两个小时内完成登记并告知投诉者编号。\n"
    [moved] = changes(markdown(first, second))
    assert moved.how == "moved"
    assert marked(moved.cells[0]) == "客服专员接到投诉后应在[-一个-]{+两个+}小时内完成登记并告知投诉者编号。"


def test_a_short_row_moved_is_moved() -> None:
    first = "| a | b |\n|---|---|\n| S1 | 是 |\n| S2 | 否 |\n| S3 | 否 |\n"
    [moved] = changes(markdown(first, "| a | b |\n|---|---|\n| S2 | 否 |\n| S3 | 否 |\n| S1 | 是 |\n"))
    assert (moved.how, moved.before, moved.after) == ("moved", 1, 3)


# -- a row added to a table, a cell changed


TABLE = "| 等级 | 事项 | 时限 |\n|---|---|---|\n| S1 | 登记 | 1 小时 |\n| S3 | 登记 | 1 个工作日 |\n"


def test_a_row_added_is_one_row_with_its_cells() -> None:
    second = TABLE.replace("| S3", "| S2 | 登记 | 4 小时 |\n| S3")
    [row] = changes(markdown(TABLE, second))
    assert (row.how, row.sort, row.before, row.after) == ("added", "row", None, 2)
    assert row.cells == ((Span("added", "S2"),), (Span("added", "登记"),), (Span("added", "4 小时"),))


def test_a_changed_cell_shows_inside_its_row() -> None:
    [row] = changes(markdown(TABLE, TABLE.replace("1 个工作日", "2 个工作日")))
    assert (row.how, row.before, row.after) == ("changed", 2, 2)
    assert row.cells == (
        (Span("kept", "S3"),),
        (Span("kept", "登记"),),
        (Span("removed", "1"), Span("added", "2"), Span("kept", " 个工作日")),
    )


def test_a_column_added_leaves_the_other_cells_alone() -> None:
    second = "| 等级 | 岗位 | 事项 | 时限 |\n|---|---|---|---|\n| S1 | 客服 | 登记 | 1 小时 |\n"
    first = "| 等级 | 事项 | 时限 |\n|---|---|---|\n| S1 | 登记 | 1 小时 |\n"
    head, row = changes(markdown(first, second))
    assert [marked(cell) for cell in head.cells] == ["等级", "{+岗位+}", "事项", "时限"]
    assert [marked(cell) for cell in row.cells] == ["S1", "{+客服+}", "登记", "1 小时"]


# -- a value of YAML changed


LIMITS = """number: WI-08-02
version: A/0
effective_on: 2024-09-01
distribution: [quality, sales]
history:
  - {version: A/0, on: 2024-09-01, change: 首次发布, reason: 体系首次建立}
"""


def test_a_value_changed_is_told_by_its_title() -> None:
    second = LIMITS.replace("version: A/0\neff", "version: A/1\neff").replace("体系首次建立", "体系再次建立")
    version, reason = limits(LIMITS, second).fields
    assert (version.how, version.pointer) == ("changed", ("version",))
    assert version.spans == (Span("removed", "A/0"), Span("added", "A/1"))
    assert [(step["zh"], step["en"]) for step in version.steps] == [("版本号", "Version")]
    assert reason.pointer == ("history", 0, "reason")
    assert reason.spans == (
        Span("kept", "体系"), Span("removed", "首次"), Span("added", "再次"), Span("kept", "建立"),
    )  # fmt: skip


def test_members_are_known_by_their_name_and_order_is_told_as_moved() -> None:
    first = "rows:\n- {id: A, text: 甲}\n- {id: B, text: 乙}\n- {id: C, text: 丙}\n"
    second = "rows:\n- {id: B, text: 乙}\n- {id: C, text: 丁}\n- {id: D, text: 戊}\n- {id: A, text: 甲}\n"
    found = [
        (f.how, f.pointer, [step["zh"] for step in f.steps]) for f in redline(first, second, {}, markdown=False).fields
    ]
    assert found == [
        ("changed", ("rows", 1, "text"), ["rows", "C", "text"]),
        ("added", ("rows", 2), ["rows", "D"]),
        ("moved", ("rows", 3), ["rows", "A"]),
    ]


TWO_LIMITS = """versions:
  - version: A/0
    limits:
      - {event: recording, severity: S1, value: 1, unit: hours, from: received}
      - {event: recording, severity: S3, value: 1, unit: working-days, from: received}
"""


def test_members_without_an_id_are_known_by_their_codes_in_the_words_of_the_schema() -> None:
    first, third = (line for line in TWO_LIMITS.splitlines() if "event" in line)
    second = TWO_LIMITS.replace(
        f"{first}\n{third}", f"{third}\n{first}".replace("value: 1, unit: hours", "value: 2, unit: hours")
    )
    found = limits(TWO_LIMITS, second).fields
    told = [(f.how, " › ".join(step["zh"] for step in f.steps), marked(f.spans)) for f in found]
    assert told == [
        ("moved", "各版数值 › A/0 › 时限 › 登记 · 一级（特别严重）", ""),
        ("changed", "各版数值 › A/0 › 时限 › 登记 · 一级（特别严重） › 数值", "[-1-]{+2+}"),
    ]


def test_what_a_list_names_singly_needs_no_number() -> None:
    [found] = limits(LIMITS, LIMITS.replace("quality, sales", "quality, legal, sales")).fields
    assert (found.how, found.pointer, [step["zh"] for step in found.steps]) == (
        "added",
        ("distribution", 1),
        ["发放范围"],
    )


def test_registers_of_one_file_are_compared_by_their_kind() -> None:
    first = "kind: risks\nrows: [甲]\n---\nkind: people\nrows: [乙]\n"
    second = "kind: people\nrows: [乙]\n---\nkind: risks\nrows: [甲]\n"
    found = redline(first, second, {}, markdown=False)
    assert found.layout and not found.fields


# -- new, withdrawn, the same, unreadable


def test_the_same_text_is_no_change() -> None:
    assert markdown(TABLE, TABLE) == Redline()


def test_other_lines_and_numbers_are_layout() -> None:
    found = markdown("1. 甲 乙\n2. 丙\n", "1) 甲\n乙\n\n\n9) 丙\n")
    assert found.layout and not any(found.counts.values())


@pytest.mark.parametrize("text", ["", "# 题\n\n一段。\n"])
def test_new_and_withdrawn_documents(text: str) -> None:
    new, gone = markdown(None, text), markdown(text, None)
    assert (new.whole, gone.whole) == ("added", "removed")
    assert {f.how for f in (*new.fields, *new.passages)} == {"added"}
    assert {f.how for f in (*gone.fields, *gone.passages)} == {"removed"}


@pytest.mark.parametrize("broken", ["没有控制信息的文件\n", "---\na: [\n---\n正文\n", "---\na: &x 1\n---\n正文\n"])
def test_what_cannot_be_read_is_compared_as_text(broken: str) -> None:
    found = redline(broken, HEAD + "正文\n", KINDS, markdown=True)
    assert found.as_text and found.passages


# -- words


@pytest.mark.parametrize(
    "before, after, seen",
    [
        ("自2026年11月2日起实施", "自2026年12月1日起实施", "自[-2026年11月2日-]{+2026年12月1日+}起实施"),
        ("2026-11-02 起", "2026-11-20 起", "[-2026-11-02-]{+2026-11-20+} 起"),
        ("及时率 95.5%", "及时率 98%", "及时率 [-95.5%-]{+98%+}"),
        ("见 CP-08 A/1", "见 CP-09 A/2", "见 [-CP-08 A/1-]{+CP-09 A/2+}"),
        ("met within 1,000 days", "met within 1,200 days", "met within [-1,000-]{+1,200+} days"),
        ("The owner informs people.", "The complaint-manager informs people.",
         "The [-owner-]{+complaint-manager+} informs people."),
        ("满意度回访由客户服务部负责", "满意度回访由质量部负责", "满意度回访由[-客户服务部-]{+质量部+}负责"),
        ("应当记录", "应当如实记录", "应当{+如实+}记录"),
    ],
)  # fmt: skip
def test_words_numbers_and_dates_stay_whole(before: str, after: str, seen: str) -> None:
    assert marked(spans(before, after, Effort())) == seen


# -- as it is shown


@pytest.fixture(scope="module")
def values(example: Report) -> Values:
    return Values(Atlas(example.system), "index.md", "zh")


def test_the_terminal_reads_without_colours_and_with(values: Values) -> None:
    change = markdown(
        "## 目的 {#aim}\n\n见 [CP-05](CP-05.md)，**三天**内。\n",
        "## 宗旨 {#aim}\n\n见 [CP-05](CP-05.md)，**五天**内。\n",
    )
    plain = list(redline_text.lines(change, values, colours=False))
    assert plain == [
        "共 2 处变化：修改 2 处。", "", "§ 宗旨", "~ [-目的-]{+宗旨+}", "~ 见 CP-05，**[-三天-]{+五天+}**内。",
    ]  # fmt: skip
    coloured = "\n".join(redline_text.lines(change, values, colours=True))
    assert "\x1b[31m[-三天-]\x1b[0m\x1b[32m{+五天+}\x1b[0m" in coloured


def test_what_is_left_out_is_counted(values: Values) -> None:
    body = "## 甲\n\n一。\n\n二。\n\n三。\n\n四。\n"
    change = markdown(body, body.replace("一", "壹").replace("四", "肆"))
    assert list(redline_text.lines(change, values, colours=False))[2:] == [
        "§ 甲", "- [-一。-]", "+ {+壹。+}", "  …… 2 处未改动", "- [-四。-]", "+ {+肆。+}",
    ]  # fmt: skip


def test_a_value_is_shown_in_the_words_of_the_schema(values: Values) -> None:
    change = limits(LIMITS, LIMITS.replace("quality, sales", "quality") + "confidentiality: internal\n")
    said = list(redline_text.lines(change, values, colours=False))
    assert "- 发放范围：[-渠道销售部-]" in said
    assert "+ 密级：{+内部+}" in said


# -- what holds of every change


TEXT = st.text(st.sampled_from("甲乙丙投诉者客服 ab1290-/.%，。|#\n"), max_size=60)
LINE = st.one_of(
    TEXT,
    st.sampled_from(["## 目的 {#a}", "- 甲", "1. 乙", "| a | b |", "|---|---|", "```", "投诉由主管分级。", ""]),
)
BODY = st.lists(LINE, max_size=12).map("\n".join)


def squeezed(text: str) -> str:
    return "".join(text.split())


@given(TEXT)
def test_words_joined_are_the_text(text: str) -> None:
    assert "".join(words(text)) == text


@given(TEXT, TEXT)
def test_spans_applied_to_the_old_give_the_new(before: str, after: str) -> None:
    found = spans(before, after, Effort())
    assert "".join(span.text for span in found if span.how != "removed") == after
    assert squeezed("".join(span.text for span in found if span.how != "added")) == squeezed(before)


@given(BODY, BODY)
def test_passages_applied_to_the_old_give_the_new(before: str, after: str) -> None:
    old, new, found = blocks(before), blocks(after), compared(before, after, Effort())
    assert [p.after for p in found if p.after is not None] == list(range(len(new)))
    assert sorted(p.before for p in found if p.before is not None) == list(range(len(old)))
    for passage in found:
        said = squeezed("".join(s.text for cell in passage.cells for s in cell if s.how != "removed"))
        was = squeezed("".join(s.text for cell in passage.cells for s in cell if s.how != "added"))
        assert said == ("" if passage.after is None else squeezed("".join(new[passage.after].cells)))
        assert was == ("" if passage.before is None else squeezed("".join(old[passage.before].cells)))


@given(BODY)
def test_a_body_does_not_differ_from_itself(body: str) -> None:
    assert all(passage.how == "kept" for passage in compared(body, body, Effort()))


@given(BODY)
def test_every_word_of_a_body_is_in_a_passage(body: str) -> None:
    held = "".join(cell for block in blocks(body) for cell in block.cells)
    letters = "甲乙丙投诉者客服主管分级目的ab"
    assert [sign for sign in held if sign in letters] == [sign for sign in body if sign in letters]


VALUE: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.text("甲乙ab1", max_size=6)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "name", "a", "b"]), inner),
    max_leaves=12,
)


def at(value: Any, pointer: tuple[str | int, ...]) -> Any:
    for step in pointer:
        value = value[step]
    return value


@given(VALUE, VALUE)
def test_fields_tell_what_is_there_and_only_what_differs(before: Any, after: Any) -> None:
    found = fields_compared(before, after, None, Effort())
    assert bool(found) == (before != after)
    for field in found:
        if field.how == "removed":
            assert (field.after is None and not field.spans) or field.spans[0].how == "removed"
        else:
            assert at(after, field.pointer) == field.after
        if field.spans:
            assert "".join(span.text for span in field.spans if span.how != "removed") == (field.after or "")


# -- hostile input


@pytest.mark.parametrize(
    "before, after",
    [
        (" ".join(f"x a{i}" for i in range(20_000)), " ".join(f"x b{i}" for i in range(20_000))),
        ("甲，" * 30_000, "乙甲，" * 30_000),
    ],
    ids=["one word in common", "the same two signs"],
)
def test_tangled_words_are_left_undivided_and_it_is_said(before: str, after: str) -> None:
    effort = Effort()
    found = spans(before, after, effort)
    assert effort.coarse and effort.left >= 0
    assert "".join(span.text for span in found if span.how != "removed") == after


@pytest.mark.parametrize(
    "before, after",
    [
        ("\n\n".join(f"甲 {i}" for i in range(9_000)), "\n\n".join(f"甲 {i}乙" for i in range(9_000, 0, -1))),
        ("| a |\n" * 20_000, "| a | b |\n" * 20_000),
        ("甲\n\n乙\n\n" * 5_000, "甲\n\n丙\n\n" * 5_000),
        (
            "\n\n".join(f"标记{g}" if i == 150 else f"x{g}y{i} 甲乙 q{i}" for g in range(60) for i in range(151)),
            "\n\n".join(f"标记{g}" if i == 150 else f"z{g}w{i} 丙丁 v{i}" for g in range(60) for i in range(151)),
        ),
        (
            "\n\n".join(" ".join(f"a{i}b{k}" for k in range(700)) for i in range(190)),
            "\n\n".join(" ".join(f"c{i}d{k}" for k in range(700)) for i in range(190)),
        ),
        ("`" * 100_000, "|" * 100_000),
        ("#" * 100_000, "- " * 50_000),
    ],
    ids=[
        "reversed",
        "a column in every row",
        "every other the same",
        "many gaps",
        "long strangers",
        "a fence",
        "marks",
    ],
)
def test_tangled_bodies_keep_within_the_effort(before: str, after: str) -> None:
    effort = Effort()
    found = compared(before, after, effort)
    assert effort.left >= 0
    assert effort.coarse or "甲乙 q" not in before
    assert [p.after for p in found if p.after is not None] == list(range(len(blocks(after))))
