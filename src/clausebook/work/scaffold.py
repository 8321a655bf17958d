"""`init`: a new repository, as guided templates or as the whole example. All of it or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from .. import __version__
from ..load.strict_yaml import parse
from ..problems import UserError
from ..shipped import shipped
from .replaying import replay
from .yaml_text import to_yaml

Profile = Literal["lean", "full"]

EXAMPLE = ("system", "registers", "records")
FRAME = (
    "docs",
    "macros",
    "mkdocs.yml",
    ".vscode",
    ".github",
    ".gitlab-ci.yml",
    ".gitattributes",
    ".gitignore",
    ".editorconfig",
)
PIPELINES = (".github/workflows/manual.yml", ".gitlab-ci.yml")  # fmt: skip
LEFT_OUT = ("__pycache__", ".mypy_cache")
TOKEN = "@@ORGANISATION@@"
# What is fact for everyone and comes ready: the official calendars; with the full profile all indicators.
LEAN_KPIS = (
    "complaint-count", "response-time", "response-on-time", "resolution-rate", "satisfaction-score", "repeat-rate",
    "acknowledgement-on-time",
)  # fmt: skip
READY = {
    "lean": ("system/calendar", *(f"system/kpis/{kpi}.yaml" for kpi in LEAN_KPIS)),
    "full": ("system/calendar", "system/kpis"),
}


def scaffold(target: Path, name: str, profile: Profile, *, example: bool) -> list[str]:
    """Make the repository in `target` (new or empty) and return the paths made.

    Raises UserError when the folder is not empty or cannot be written; nothing is left behind then.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UserError("target-not-empty", path=str(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".clausebook-") as temporary:
            made = Path(temporary) / "new"
            made.mkdir(mode=0o755)
            _fill(made, name, profile, example)
            if example:
                replay(made)
            if target.exists():
                target.rmdir()
            os.replace(made, target)
    except OSError as error:
        raise UserError("cannot-write", path=str(target), detail=error.strerror or str(error)) from None
    made_paths = (path.relative_to(target) for path in target.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in made_paths if path.parts[0] != ".git")


def _fill(made: Path, name: str, profile: Profile, example: bool) -> None:
    source = shipped("example")
    for part in (*FRAME, *(EXAMPLE if example else READY[profile])):
        _copy(source / part, made / part)
    _copy(shipped("schema"), made / "schema")
    if not example:
        for template in ("common", profile):
            _copy(shipped("templates") / template, made)
        for part in READY[profile]:
            for file in sorted(made.glob(f"{part}/*.yaml")) or [made / part]:
                file.write_text(undecided(file.read_text("utf-8")), "utf-8")
        _name(made, name)
    for folder in EXAMPLE:
        (made / folder).mkdir(exist_ok=True)
    if example:
        _copy(shipped("templates") / "example", made)
    for pipeline in PIPELINES:
        file = made / pipeline
        file.write_text(_pipeline(file.read_text("utf-8"), example), "utf-8")


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    elif source.is_dir():
        shutil.copytree(
            source,
            target,
            dirs_exist_ok=True,
            copy_function=shutil.copyfile,
            ignore=shutil.ignore_patterns(*LEFT_OUT),
        )


UNDECIDED = {
    "owner": "【待填：责任岗位】", "prepared_by": "【待填：编写人或部门】", "first_issued_on": "【待填：日期】",
    "first_effective_on": "【待填：日期】", "effective_on": "【待填：日期】", "next_review_on": "【待填：日期】",
    "distribution": ["【待填：发放部门】"], "version": "A/0",
    "history": [{"version": "A/0", "on": "【待填：日期】", "change": "首次发布", "reason": "【待填：原因】"}],
}  # fmt: skip


def undecided(text: str) -> str:
    """A controlled YAML file of the example with everything that an organisation must decide marked again."""
    [part] = parse(text)
    value = {key: UNDECIDED.get(key, said) for key, said in part.value.items()}
    value.pop("targets", None)
    modeline = text.splitlines()[0] + "\n" if text.startswith("# yaml-language-server") else ""
    return modeline + to_yaml(value)


def _pipeline(text: str, example: bool) -> str:
    """A pipeline file of this repository for another one: the engine pinned; today rules unless it is the example."""
    text = text.replace(
        "make .venv/.runtime", f"python -m venv .venv && .venv/bin/pip install clausebook=={__version__}"
    )
    dropped = (
        ("pins the engine instead",) if example else ("pins the engine instead", "Only for this example", "AS_OF: ")
    )
    kept = (line for line in text.splitlines() if not any(word in line for word in dropped))
    text = "\n".join(kept) + "\n"
    return text if example else text.replace(" $AS_OF", "").replace("\nenv:\n\n", "\n")


def _name(made: Path, name: str) -> None:
    for file in _texts(made):
        content = file.read_text("utf-8")
        if TOKEN in content:
            safe = " ".join(name.split()).replace('"', "”").replace("\\", "/")
            file.write_text(content.replace(TOKEN, safe), "utf-8")


def _texts(made: Path) -> Iterator[Path]:
    for pattern in ("*.md", "*.yaml", "*.yml"):
        yield from made.rglob(pattern)


def update_schemas(root: Path) -> list[str]:
    """Bring a repository's schema copy back to the engine's; own further kinds and catalogues stay."""
    changed = []
    for file in sorted(shipped("schema").iterdir()):
        copy = root / "schema" / file.name
        if file.is_file() and (not copy.is_file() or copy.read_bytes() != file.read_bytes()):
            copy.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, copy)
            changed.append(f"schema/{file.name}")
    return changed
