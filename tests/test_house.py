"""The house keeps its layers: lower never imports higher, chapters never import each other, one room per edge."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import clausebook

SOURCE = Path(clausebook.__file__).parent
LAYERS = ["foundation", "load", "measure", "check", "pipeline", "publish", "work", "cli"]
FOUNDATION = {"problems", "clauses", "model", "history", "wording", "shipped", "nearness", "__init__"}
FILES = sorted(SOURCE.rglob("*.py"))
ONLY = {
    "git": {"load/git/door.py"}, "click": {"cli"}, "mkdocs": set(), "jsonschema_rs": {"load/schemas.py"},
    "weasyprint": {"publish/paper_pdf.py"}, "markdown": {"publish/paper_text.py"},
}  # fmt: skip


@cache
def nodes(file: Path) -> tuple[ast.AST, ...]:
    """Everything in a file, the module itself first."""
    return tuple(ast.walk(ast.parse(file.read_text("utf-8"))))


def layer(module: str) -> int:
    head = module.split("/")[0].removesuffix(".py")
    if head in FOUNDATION:
        return 0
    if head == "narrowing":
        head = "pipeline"
    return LAYERS.index("cli" if head == "__main__" else head)


def imports(file: Path) -> list[tuple[str, int]]:
    """Modules of ours that a file imports, as paths below the package, and the line of each."""
    found = []
    here = file.relative_to(SOURCE).parts[:-1]
    for node in nodes(file):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = here[: len(here) - node.level + 1]
            for alias in node.names:
                dotted = (*base, *(node.module.split(".") if node.module else ()))
                inner = SOURCE.joinpath(*dotted, alias.name)
                if inner.is_dir() or inner.with_suffix(".py").is_file():
                    dotted = (*dotted, alias.name)
                found.append(("/".join(dotted) or "__init__", node.lineno))
    return found


@pytest.mark.parametrize("file", FILES, ids=lambda f: str(f.relative_to(SOURCE)))
def test_lower_never_imports_higher(file: Path) -> None:
    own = file.relative_to(SOURCE).as_posix()
    for module, line in imports(file):
        assert layer(module) <= layer(own), f"{own}:{line} imports {module}"


def test_nothing_runs_in_a_circle() -> None:
    """Imports inside functions count too: a circle is no better for being late."""
    known = {file.relative_to(SOURCE).with_suffix("").as_posix().removesuffix("/__init__"): file for file in FILES}
    graph = {name: {module for module, _ in imports(file)} - {name} for name, file in known.items()}
    list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("library, rooms", ONLY.items(), ids=list(ONLY))
def test_one_room_per_edge(library: str, rooms: set[str]) -> None:
    for file in FILES:
        own = file.relative_to(SOURCE).as_posix()
        for node in nodes(file):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            if any(name.split(".")[0] == library for name in names):
                assert own in rooms or own.split("/")[0] in rooms, f"{own} imports {library}"


def test_only_the_command_line_knows_today() -> None:
    for file in FILES:
        own = file.relative_to(SOURCE).as_posix()
        text = file.read_text("utf-8")
        if not own.startswith("cli/"):
            assert ".today()" not in text and ".now(" not in text, own


def test_files_and_functions_fit() -> None:
    for file in FILES:
        text = file.read_text("utf-8")
        assert text.count("\n") <= 320, file
        for node in nodes(file):
            if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
                assert node.end_lineno - node.lineno <= 48, f"{file.name}:{node.lineno} {node.name}"


def test_every_module_says_its_responsibility() -> None:
    for file in FILES:
        [module, *_] = nodes(file)
        assert isinstance(module, ast.Module) and ast.get_docstring(module), file


def test_macros_are_one_line() -> None:
    text = (SOURCE.parent.parent / "macros" / "__init__.py").read_text("utf-8")
    code = [line for line in text.splitlines() if line and not line.startswith(("#", '"""', "__all__"))]
    assert code == ["from clausebook.publish.macros import define_env"]
