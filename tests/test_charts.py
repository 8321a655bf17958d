"""Charts and the pages around them: numbers as `kpi` and `alerts` say, labels that are never code, words for all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

import sites
from clausebook.cli import group
from clausebook.pipeline import Report, run
from clausebook.publish import alert_pages, gate, indicator_pages, period_pages
from clausebook.publish.book import Book
from clausebook.publish.charts import Plot, Point, drawn, figure, specification, stretches
from clausebook.publish.pages import pages
from small_org import measured, system_with
from test_alerts import SERVICE, complaint, rules

HOSTILE = (
    "<script>alert(1)</script>",
    "]]>",
    "&amp;&lt;b&gt;",
    '"onload="x',
    "{{ 7*7 }}",
    "--><svg/onload=x>",
    "é\u202e\u0000",
)
MONTHS = [f"2026-{month:02d}" for month in range(1, 7)]


def plot(**changes: object) -> Plot:
    points = [Point(label, float(at), limit=4.0, centre=2.0) for at, label in enumerate(MONTHS)]
    said = {"ident": "c", "title": "标题", "description": "描述", "unit": "件", "points": points, "look": "bars"}
    said |= changes
    return Plot(**said)  # type: ignore[arg-type]


class Tags(HTMLParser):
    """Every tag with its attributes, and all text, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_a_chart_is_named_and_described() -> None:
    root = ElementTree.fromstring(drawn(plot()))
    assert root.get("role") == "img"
    by_id = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    named = [by_id[name] for name in str(root.get("aria-labelledby")).split()]
    assert named == ["标题", "描述"]


def test_the_same_chart_is_the_same_bytes() -> None:
    assert drawn(plot()) == drawn(plot())


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_a_chart_are_never_code(words: str) -> None:
    svg = drawn(plot(title=words, description=words, points=[Point(words, 1.0, counts=words), Point("b", 2.0)]))
    ElementTree.fromstring(svg)
    found = Tags(svg)
    assert {tag for tag, _ in found.tags} <= {*gate.DRAWN, "title", "desc"}
    assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on")]
    assert not re.search(r"[{}`*_|\[\]]", svg.replace("_", "", svg.count('id="c_')))
    assert words.replace("\u202e", "\ufffd").replace("\u0000", "\ufffd") in found.words


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example/x", "http://evil.example/", 'a" onload="x'])
def test_a_mark_leads_nowhere_but_here(address: str) -> None:
    svg = drawn(plot(points=[Point("2026-01", 3.0, alarm=address), Point("2026-02", 1.0, alarm="../a/b.html#x")]))
    links = [attributes.get("href") for tag, attributes in Tags(svg).tags if tag == "a"]
    assert links == ["../a/b.html#x"]


def test_what_the_gate_does_not_know_is_left_out() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">'
        '<script>x</script><foreignObject><p>y</p></foreignObject><image href="http://evil.example/p.png"/>'
        '<g onclick="x"><path d="M0,0h1" fill="url(#x)" style="x"/><path d="M0,0h1" stroke="#111"/></g></svg>'
    )
    found = Tags(gate.drawing(svg, "c", "t", "d"))
    assert [tag for tag, _ in found.tags] == ["svg", "title", "desc", "path"]
    assert found.tags[-1][1] == {"d": "M0,0h1", "stroke": "#111"}


def test_marks_differ_without_colour() -> None:
    points = [Point("2026-01", 3.0, 2.0, 4.0, 5.0, 1.0, alarm="a.html"), Point("2026-02", 4.0, 2.0, 4.0, 5.0, 1.0)]
    html = "".join(
        figure(
            plot(points=points, look="line"),
            dict.fromkeys(("line", "interval", "centre", "limit", "alarm"), "x"),
            "单位：件",
        )
    )
    strokes = {(a.get("stroke-dasharray"), a.get("stroke-width")) for _, a in Tags(html).tags if a.get("stroke")}
    assert len(strokes) >= 3
    assert html.count("<span>") == 5


def test_nothing_is_drawn_where_nothing_is_known() -> None:
    rows = specification(plot(points=[Point("2026-01", None, counts="1/2"), Point("2026-02", 3.0)]))["data"]["values"]
    assert [row["value"] for row in rows] == [None, 3.0]
    assert "1/2" in drawn(plot(points=[Point("2026-01", None, counts="1/2"), Point("2026-02", 3.0)]))


def test_a_limit_stands_over_its_own_periods_only() -> None:
    """A target that came in March and was raised in May: nothing in February, two heights, the last for one period."""
    limits = [None, None, 90.0, 90.0, 95.0, None]
    shown = plot(points=[Point(label, 91.0, limit=limit) for label, limit in zip(MONTHS, limits, strict=True)])
    assert stretches(shown, "limit") == [
        {"label": "2026-03", "last": "2026-04", "limit": 90.0},
        {"label": "2026-05", "last": "2026-05", "limit": 95.0},
    ]
    dashes = [a for _, a in Tags(drawn(shown)).tags if a.get("stroke-dasharray")]
    assert len(dashes) == 2


@pytest.mark.parametrize("value", [0.0, 0.004, 1.0, 5.0, 12.0, 7_000_000.0])
def test_the_scale_begins_at_zero_and_holds_everything(value: float) -> None:
    layer = specification(plot(points=[Point("2026-01", value)]))["layer"][0]["encoding"]["y"]
    low, high = layer["scale"]["domain"]
    assert low == 0 and high >= value
    ticks = layer["axis"]["values"]
    assert ticks[0] == 0 and 2 <= len(ticks) <= 7 and ticks[-1] <= high


# The pages of the example.

WITHOUT_MONTHS = {
    "complaint-mix", "audit-programme-fulfilment", "competence-coverage", "objective-attainment",
    "obligation-compliance",
}  # fmt: skip
"""Their pages go by quarter, or in parts that change from month to month."""


@pytest.fixture(scope="module")
def made(example: Report) -> dict[str, str]:
    return dict(pages(Book(example, "zh")))


def asked(root: Path, *words: str) -> dict[str, list[dict[str, object]]]:
    done = CliRunner().invoke(group, [*words, "--root", str(root), "--as-of", "2026-11-20", "--format", "json"])
    found: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return found


def cells(page: str, first: str) -> list[list[str]]:
    """The rows of a page's tables whose first cell says `first`, tags and links taken away."""
    plain = [
        unescape(re.sub(r"\]\([^)]*\)|<[^>]+>|\[", "", line)) for line in page.splitlines() if line.startswith("| ")
    ]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in plain]
    return [row for row in rows if row[0].strip() == first]


@pytest.mark.parametrize(
    "words", [("--period", "2026"), ("--period", "2025"), ("--period", "2026-Q2"), ("--period", "2026-06")]
)
def test_an_indicator_page_says_what_kpi_says(made: dict[str, str], example_root: Path, words: tuple[str, str]) -> None:
    for told in asked(example_root, "kpi", *words)["kpis"]:
        page = made[f"indicators/{told['id']}.md"]
        label = words[1] if len(words[1]) > 4 else told["name"]["zh"]  # type: ignore[index]
        rows = cells(page, label)
        if label == words[1] and not rows:
            continue
        values = [row[1].split(" ")[0] for row in rows]
        small = told["value"] is None or "件数少" in "".join(row[1] for row in rows)
        assert small or str(told["value"]) in values, (told["id"], told["value"], rows)
        if told["numerator"] is not None and told["denominator"] is not None:
            assert f"{told['numerator']}/{told['denominator']}" in [row[2] for row in rows], told["id"]


def test_the_records_behind_a_figure_are_linked(made: dict[str, str], example_root: Path) -> None:
    (told,) = asked(example_root, "kpi", "closure-on-time", "--period", "2026")["kpis"]
    page = made["indicators/closure-on-time.md"]
    for identifier in (*told["ids"], *told["missed"]):  # type: ignore[misc]
        assert f"(../records/complaint/{identifier}.md" in page


def test_every_alarm_is_marked_and_leads_to_its_answer(made: dict[str, str], example_root: Path) -> None:
    index = made["alerts/index.md"]
    charts = "".join(text for path, text in made.items() if path.startswith("alerts/"))
    alarms = asked(example_root, "alerts")["alarms"]
    assert alarms
    for alarm in alarms:
        (row,) = [line for line in index.splitlines() if f'<a id="{alarm["id"]}"></a>' in line]
        assert f"(../records/alert/{alarm['record']}.md" in row
        if alarm["kind"] == "plain":
            assert f"(index.md#{alarm['id']})" in charts
    marks = re.findall(r'<a href="([^"]+)" aria-label="[^"]+">', charts)
    records = [f"../records/alert/{alarm['record']}.html" for alarm in alarms if alarm["kind"] == "plain"]
    # The chart of the total stands on the overview as well.
    assert sorted(set(marks)) == sorted(set(records)) and len(marks) >= len(records)


def test_every_chart_has_its_data_as_a_table(made: dict[str, str]) -> None:
    """Its own table, right below it, with as many numbers as are drawn; title, description, and a unit twice over."""
    found = [(path, chart, rest) for path, text in made.items() for chart, rest in charts_of(text)]
    assert len(found) > 50 and len({path for path, _, _ in found}) > 40
    for path, chart, rest in found:
        assert re.search(r'role="(?:img|group)" aria-labelledby="(\w[\w-]*)-title \1-desc"', chart), path
        assert re.search(r"<title id=[^>]+>[^<]+</title><desc id=[^>]+>[^<]+</desc>", chart), path
        (unit,) = re.findall(r'<p class="title">[^<]+ <small>单位：([^<]+)</small></p>', chart)
        assert f">{unit}</text>" in chart, path
        # The table of the quarters lies open below its chart.
        table = "details" if '<details class="data"' in rest else "table"
        assert table == "details" or "{#quarters}" in made[path], path
        assert rest.count("\n| ") > 1, path


def charts_of(text: str) -> list[tuple[str, str]]:
    """Every chart of a page, and what follows it up to the next chart or heading."""
    parts = re.split(r'(?=<figure class="chart(?: narrow)?">)', text)[1:]
    cut = [part.partition("</figure>") for part in parts]
    return [(chart, re.split(r"(?m)^## ", rest)[0]) for chart, _, rest in cut]


def test_no_chart_runs_or_loads_anything(made: dict[str, str]) -> None:
    for path, text in made.items():
        for svg, _ in charts_of(text):
            own = re.findall(r'<pattern id="([\w-]+)"', svg)
            rest = re.sub(rf'fill="url\(#(?:{"|".join(own) or "-"})\)"', "", svg)
            assert not re.search(
                r"<script|<image|<use|<style|\son\w+=|url\(|https?://(?!www\.w3\.org/2000/svg)", rest
            ), path


def test_a_report_for_every_period_since_the_beginning(made: dict[str, str], example: Report) -> None:
    reports = sorted(path[8:-3] for path in made if path.startswith("periods/") and path != "periods/index.md")
    assert [label for label in reports if len(label) == 4] == ["2024", "2025", "2026"]
    assert [label for label in reports if "Q" in label][-1] == "2026-Q4"
    assert len([label for label in reports if re.fullmatch(r"\d{4}-\d\d", label)]) == 24
    june = [case for case in example.measured.cases if case.counted and case.received.on.isoformat()[:7] == "2026-06"]
    assert cells(made["periods/2026-06.md"], "投诉数量")[0][1] == f"{len(june)} 件"
    assert "AL-2026-001" in made["periods/2026-06.md"]
    assert "本期尚未结束" in made["periods/2026-11.md"]


def test_a_late_entry_is_told_as_a_restatement(copy: Path) -> None:
    record = next((copy / "records/complaints").rglob("CC-2026-0037.yaml"))
    text = record.read_text("utf-8")
    record.write_text(re.sub(r"recorded_at: \S+", "recorded_at: 2026-07-20T09:00:00+08:00", text), "utf-8")
    book = Book(run(copy, sites.AS_OF), "zh")
    made = dict([*period_pages.make(book), *indicator_pages.make(book)])
    for label in ("2026-06", "2026-Q2"):
        told = made[f"periods/{label}.md"].split("{#restated}")[1]
        assert "CC-2026-0037" in told and "2026&#45;07&#45;20" in told
    assert "CC-2026-0037" not in made["periods/2026-07.md"].split("{#restated}")[1]
    assert cells(made["indicators/complaint-count.md"], "2026-06")[0][1].endswith("*")


# Other organisations.


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_organisation_says_so(judge: Callable[..., Report], language: str) -> None:
    made = pages(Book(judge({"system/org.yaml": "name: {zh: 甲公司}\n"}), language))
    said = {
        "zh": ("还没有现行的预警规则", "没有发出预警", "还没有可以报告的期间"),
        "en": ("no alert rules in force", "No alarm has been raised", "no period to report on"),
    }[language]
    assert said[0] in made["alerts/index.md"] and said[1] in made["alerts/index.md"]
    assert said[2] in made["periods/index.md"]
    assert not [path for path in made if path.startswith(("periods/", "alerts/")) and not path.endswith("index.md")]
    assert "<svg" not in made["indicators/resolution-rate.md"]


def test_names_of_the_organisation_stay_words(copy: Path) -> None:
    """Channels, lines, causes, types, indicators and rules called by what would run, load or break out somewhere."""
    bad = '<script>alert(1)</script> ]]> &amp; " {{ 7*7 }} | [x](javascript:y)'

    def call(path: str, pattern: str) -> None:
        text, said = (copy / path).read_text("utf-8"), json.dumps(bad)
        changed, times = re.subn(pattern, lambda found: found[1] + said, text)
        assert times
        (copy / path).write_text(changed, "utf-8")

    call("system/org.yaml", r"(  - id: (?:humidifier|shop)\n    name: ).*")
    call("system/alert-rules.yaml", r"(sentence: ).*")
    call("system/kpis/closure-rate.yaml", r"(?m)^((?:  |    )zh: ).*")
    book = Book(run(copy, sites.AS_OF), "zh")
    made = dict([*alert_pages.make(book), *period_pages.make(book), *indicator_pages.make(book)])
    for room in ("indicators/closure-rate", "alerts/index", "alerts/line", "periods/2026-06"):
        page = made[f"{room}.md"]
        assert "alert&#40;1&#41;" in page, room
        for raw in ("<script", "]]>", "{{", "](javascript", "&amp;"):
            assert raw not in page, (room, raw)


def test_an_alarm_without_answer_leads_to_its_own_row(copy: Path) -> None:
    (copy / "records/alerts/AL-2026-001.yaml").unlink()
    made = dict(alert_pages.make(Book(run(copy, sites.AS_OF), "zh")))
    (row,) = [line for line in made["alerts/index.md"].splitlines() if "2026-06" in line and "plain-line" in line]
    (alarm,) = re.findall(r'<a id="(AW-[^"]+)"', row)
    assert "尚无处置记录" in row and "无人响应" in row
    assert f'<a href="index.html#{alarm}"' in made["alerts/line.md"]


def test_a_rate_of_few_cases_is_counts_only(made: dict[str, str]) -> None:
    """Four due cases in May of last year, all in time: no point, no interval, the counts below (R 5.1)."""
    (row,) = cells(made["indicators/closure-on-time.md"], "2025-05")
    assert row[1] == "件数少，不计率" and row[2] == "4/4"
    assert ">4/4<" in made["indicators/closure-on-time.md"]


def test_many_streams_and_alarms_stay_light(example: Report) -> None:
    """170 channels with two complaints each in one month: 170 alarms on two pages, 48 charts on four."""
    rule = {"id": "plain-channel", "dimension": "channel", "min_cases": 2}
    cases = [complaint(at, f"2026-09-{1 + at % 28:02d}", channel=f"channel-{at % 170:03d}") for at in range(340)]
    system = system_with(example.system, rules(SERVICE | {"rules": [rule], "statistical": []}), *cases)
    system = replace(system, defined=())
    made = dict(alert_pages.make(Book(replace(example, system=system, measured=measured(system), problems=()), "zh")))
    assert sorted(made) == [
        "alerts/channel-2.md", "alerts/channel-3.md", "alerts/channel-4.md", "alerts/channel.md", "alerts/earlier-1.md",
        "alerts/index.md",
    ]  # fmt: skip
    anchors = {path: set(re.findall(r'<a id="(AW-[^"]+)"', text)) for path, text in made.items()}
    assert [len(anchors[f"alerts/{name}.md"]) for name in ("index", "earlier-1", "channel")] == [150, 20, 0]
    marks = [mark for text in made.values() for mark in re.findall(r'<a href="([^"]+)\.html#([^"]+)"', text)]
    assert len(marks) == 48
    assert all(anchor in anchors[f"alerts/{page}.md"] for page, anchor in marks)
    assert max(len(text.encode()) for text in made.values()) < 200_000
