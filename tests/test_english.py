"""`--lang en` is English to the last word: nothing of ours is Chinese where the organisation writes none.

And the other way round: a page in Chinese shows no code of ours, but what the code stands for.
"""

from __future__ import annotations

import ast
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from html import unescape
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import clausebook
import sites
from clausebook.check.rules import RULES
from clausebook.cli import COMMANDS, group
from clausebook.cli.speaking import key_of
from clausebook.load.standards import own_catalogues, own_schemas
from clausebook.model import Shape
from clausebook.pipeline import Report, run
from clausebook.publish.book import Book
from clausebook.publish.explain import clause_manual, rule_manual
from clausebook.publish.exports import tables_of
from clausebook.publish.formats import message, remedy
from clausebook.publish.forms import paper_form
from clausebook.publish.master_tables import tables
from clausebook.publish.paper import paper_of
from clausebook.publish.paper_html import sheet_of
from clausebook.publish.paper_word import to_docx
from clausebook.publish.public.site import write_public
from clausebook.publish.site import write_pages
from clausebook.wording import LANGUAGES, messages, room, text
from conftest import AS_OF
from latin import FOREIGN, foreign, organisation

KINDS = own_schemas().kinds
MARK = "Replace every mark 【待填：…】"
"""The only Chinese in our English: the mark that stands in the templates, quoted so that it can be found."""
LATER = date(2027, 11, 20)


@pytest.fixture(scope="session")
def latin_pages(shared: Path) -> Path:
    """The Latin example with the pages of both editions in English, written once for the whole run."""

    def make(folder: Path) -> None:
        report = run(organisation(folder), AS_OF)
        write_pages(report, folder, "en", draft=bool(report.unpublishable))
        write_public(report, folder, "en")

    return sites.once(shared, "latin", make)


@pytest.fixture(scope="module")
def report(latin_pages: Path) -> Report:
    return run(latin_pages, AS_OF)


def plainly(page: str) -> str:
    """A page's words as they are read: entities resolved; styles, scripts and what scripts match with left out."""
    return unescape(re.sub(r'<(script|style)\b.*?</\1>|data-formula="[^"]*"', "", page, flags=re.DOTALL))


@pytest.mark.parametrize("edition", ["build/pages", "build/public/pages"])
def test_no_page_of_either_edition_is_half_chinese(latin_pages: Path, edition: str) -> None:
    files = [file for file in (latin_pages / edition).rglob("*") if file.suffix in (".md", ".json", ".csv")]
    assert len(files) > (800 if edition == "build/pages" else 10)
    read = {str(file.relative_to(latin_pages)): plainly(file.read_text("utf-8")) for file in files}
    names = {at: re.sub(r'"zh": "[^"]*"', "", page) if at.endswith(".json") else page for at, page in read.items()}
    assert foreign(names) == []


def test_a_drawn_page_is_english_in_all_its_parts(firm_site: Path) -> None:
    """What the theme and our scripts add: navigation, search, words for screen readers, the page not found."""
    read = {str(page.relative_to(firm_site)): plainly(page.read_text("utf-8")) for page in firm_site.rglob("*.html")}
    assert {"404.html", "index.html", "indicators/index.html"} <= set(read)
    assert foreign(read) == []
    assert all(re.search(r'<html lang="?en"?', page) for page in read.values())


def test_tables_and_workbooks_have_english_heads_and_answers(report: Report) -> None:
    made = [table for kind in KINDS.values() for table in tables_of(report.system, kind, "en")]
    made += tables(Book(report, "en"))
    assert len(made) > 40
    heads = {f"{table.name}": "\n".join([table.name, *table.columns]) for table in made}
    # What is said in both languages has a column for each; a cell with fields of its own is JSON for the import.
    cells = {
        f"{table.name} › {name}": "\n".join(str(row[at]) for row in table.rows if not str(row[at]).startswith("{"))
        for table in made for at, name in enumerate(table.columns) if not name.endswith("Chinese")
    }  # fmt: skip
    assert foreign(heads | cells) == []


def test_paper_is_english(report: Report) -> None:
    book = Book(report, "en", draft=True)
    sheet = sheet_of(book, paper_of(book, "manual"))
    words = [sheet.title, sheet.organisation, sheet.line, sheet.mark, sheet.uncontrolled, sheet.origin, *sheet.page]
    assert foreign({"manual": plainly(sheet.html), "frame": "\n".join(words)}) == []
    word = zipfile.ZipFile(io.BytesIO(to_docx(sheet_of(book, paper_of(book, "CP-08")))))
    # Fonts and styles have names that Word knows them by; what is read stands in w:t.
    parts = {name: "\n".join(re.findall(r"<w:t[^>]*>([^<]*)<", word.read(name).decode("utf-8"))) for name in
             word.namelist() if re.match(r"word/(document|header|footer|footnotes)[0-9]*\.xml", name)}  # fmt: skip
    assert len(parts) > 2 and foreign(parts) == []


def test_every_problem_is_told_in_english(latin_pages: Path) -> None:
    """A year later nearly everything is overdue."""
    found = run(latin_pages, LATER).problems
    assert len({problem.rule for problem in found}) > 25
    told = {f"{at} {p.rule}": f"{message(p, 'en')} {remedy(p, 'en')}" for at, p in enumerate(found)}
    assert foreign(told) == []


def test_forms_and_explanations_are_english() -> None:
    catalogue = next(iter(own_catalogues().values()))
    told = {f"form {kind}": plainly(paper_form(kind, "en")) for kind in KINDS.values()}
    told |= {rule.id: rule_manual(rule, catalogue, "en") for rule in RULES.values()}
    told |= {clause: clause_manual(catalogue, clause, KINDS, "en") for clause in catalogue.clauses}
    assert len(told) > 300 and foreign(told) == []


COMMAND_LINES = [
    "check", "check --format json", "kpi", "kpi --by severity --format csv", "alerts", "alerts --format json",
    "export complaints --to csv", "export documents --to csv", "renumber", "new complaint", "explain nonsense",
    "check /nowhere", "kpi nonsense", "new nonsense", "calendar add 2026-03-02 5", "calendar add nonsense 5",
    "history nonsense", "diff nonsense", "verify nonsense", "approve nonsense --as nobody", "form nonsense",
]  # fmt: skip


def test_what_commands_answer_is_english(tmp_path: Path) -> None:
    root = sites.copy_of(sites.FIRM, tmp_path / "firm", sites.CONTENT)
    said = {}
    for line in COMMAND_LINES:
        day = [] if line.startswith(("explain", "form")) else ["--as-of", sites.FIRM_AS_OF.isoformat()]
        done = CliRunner().invoke(group, [*line.split(), "--lang", "en", "--root", str(root), *day])
        key, facts = getattr(done.exception, "key", None), getattr(done.exception, "facts", {})
        said[line] = done.output + (text(f"errors.{key}", "en", **facts) if key else "")
        assert said[line].strip(), line
    (written,) = (root / "records" / "complaints" / "2026").glob("CC-*.yaml")
    assert foreign({**said, "the new record": written.read_text("utf-8")}) == []


def commands() -> Iterator[tuple[str, click.Command]]:
    for name in COMMANDS:
        command = import_module(f"clausebook.cli.{name}_command").command
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {below}", child) for below, child in command.commands.items())


def test_help_speaks_one_language_wherever_it_is_asked_for() -> None:
    for line in ["", *(name for name, _ in commands())]:
        english = CliRunner().invoke(group, [*line.split(), "--help", "--lang", "en"]).output
        assert "Usage:" in english and foreign({line: english}) == []
        chinese = CliRunner().invoke(group, [*line.split(), "--lang", "zh", "--help"]).output
        assert "用法：" in chinese and not re.search(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", chinese), line


def test_every_option_is_explained() -> None:
    for name, command in commands():
        for option in (param for param in command.params if isinstance(param, click.Option)):
            for language in LANGUAGES:
                words = room("help", language)
                assert words[key_of(option, name.replace(" ", "-"), words)], (name, option.name)


def test_what_we_ship_in_english_holds_no_chinese() -> None:
    known = {key: str(said).replace(MARK, "") for key, said in messages("en").items()}
    for kind in KINDS.values():
        known |= {f"{kind.name} {at}": said for at, said in english_of(kind.shape)}
        known |= {f"{kind.name}": f"{kind.title['en']} {kind.description['en']}"}
    for clause in next(iter(own_catalogues().values())).requirements.values():
        both = (clause.text, clause.question or {}, clause.printed_note or {})
        known[clause.id] = " ".join([clause.printed, *(said.get("en", "") for said in both)])
    assert foreign(known) == []


def english_of(shape: Shape, at: str = "") -> Iterator[tuple[str, str]]:
    yield at, " ".join([shape.title["en"], shape.hint["en"], *(label["en"] for label in shape.labels.values())])
    below = {**shape.properties, "[]": shape.items, "*": shape.values}
    for key, child in below.items():
        if child is not None:
            yield from english_of(child, f"{at}/{key}")


READ = {
    "load/headers.py", "load/header_rows.py", "load/schemas.py", "load/tables.py", "load/workspace.py",
    "measure/redline/passages.py", "measure/redline/words.py", "measure/external_documents.py", "measure/merges.py",
    "measure/writing.py", "publish/exports.py", "publish/explain.py", "publish/paper_pdf.py",
    "publish/spreadsheets.py", "publish/values.py", "work/dates.py", "work/import_fields.py", "work/import_privacy.py",
    "work/recording.py", "work/yaml_text.py",
}  # fmt: skip
"""Modules that recognise Chinese in what they read."""
WRITTEN = {"work/scaffold.py"}
"""Templates are in Chinese, and so are the marks in what is copied beside them."""
IN_BOTH = {"check/form.py", "wording.py"}
"""Modules that hold both languages side by side in ways of their own."""


def test_no_code_of_ours_speaks_chinese_alone() -> None:
    """A Chinese sign in code stands in a pair of languages, or the module is named above."""
    source = Path(clausebook.__file__).parent
    for file in sorted(source.rglob("*.py")):
        own = file.relative_to(source).as_posix()
        code = file.read_text("utf-8")
        if own in READ | WRITTEN | IN_BOTH or not FOREIGN.search(code):
            continue
        tree = ast.parse(code)
        paired = {id(value) for node in ast.walk(tree) for value in in_pairs(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in paired:
                assert not FOREIGN.search(node.value), f"{own}:{node.lineno} {node.value}"


def in_pairs(node: ast.AST) -> Iterator[ast.AST]:
    """Texts that have their English beside them, and docstrings."""
    if isinstance(node, ast.Dict) and {"zh", "en"} <= {getattr(key, "value", "") for key in node.keys}:
        yield from (inner for value in node.values for inner in ast.walk(value))
    if isinstance(node, ast.IfExp):
        yield from ast.walk(node.body)
    if isinstance(node, ast.Tuple) and [getattr(part, "value", "") for part in node.elts[:1]] == ["zh"]:
        yield from ast.walk(node)
    if isinstance(node, ast.Expr):
        yield node.value


CODE = re.compile(r"[a-z][a-z0-9]+(?:[_-][a-z0-9]+)*")
AS_WRITTEN = {"total", "repeats"}
"""A stream of an alert as the rules write it (total, cause:leak), and the rule that is always there."""


def test_a_chinese_page_shows_words_instead_of_codes(example: Report, example_site: Path) -> None:
    codes = {code for kind in KINDS.values() for code in codes_of(kind.shape)} | set(KINDS)
    own = {said for entry in example.system.entries for said in ids_in(entry.value)} | AS_WRITTEN
    shown = []
    for file in sorted(example_site.rglob("*.html")):
        page = re.sub(r"<(script|style|code|pre|svg)\b.*?</\1>", "", file.read_text("utf-8"), flags=re.DOTALL)
        words = {unescape(node).strip(" \n：；、，。") for node in re.split(r"<[^>]*>", page)}
        shown += [f"{file.relative_to(example_site)}: {word}" for word in words & codes if CODE.fullmatch(word)]
    assert [one for one in shown if one.rpartition(" ")[2] not in own] == []


def codes_of(shape: Shape) -> Iterator[str]:
    """Keys of fields and answers from lists."""
    yield from (*shape.properties, *shape.labels)
    for child in filter(None, [*shape.properties.values(), shape.items, shape.values]):
        yield from codes_of(child)


def ids_in(value: object) -> Iterator[str]:
    """What an organisation calls its own rows; an id is shown as it is."""
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from ids_in(child)
    if isinstance(value, dict):
        yield from (str(value[key]) for key in ("id", "band") if key in value)
