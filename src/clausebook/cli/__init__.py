"""The command line: thin commands, loaded one at a time, so that `--help` stays quick.

Exit codes (contract): 0 fine · 1 problems found · 2 misuse, one sentence · 3 a bug of ours · 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from .. import __version__
from .language import language_of
from .speaking import SpeakingGroup

COMMANDS = (
    "init", "check", "build", "serve", "new", "import", "export", "approve", "history", "diff", "verify", "print",
    "form", "calendar", "chart", "kpi", "alerts", "renumber", "explain",
)  # fmt: skip


class Commands(SpeakingGroup):
    """Names and one-line helps are known at once; a command's module is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = import_module(f".{name}_command", __package__)
        command = module.command
        assert isinstance(command, click.Command)
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="clausebook")
@click.option("--debug", is_flag=True)
@click.option("--lang", "language", type=click.Choice(["zh", "en"]), expose_value=False)
def group(debug: bool) -> None:
    """A complaint management system as plain text in git."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with the exit code of the contract."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given or bool(os.environ.get("CLAUSEBOOK_DEBUG"))
    # --debug is accepted anywhere on the line.
    given = [word for word in given if word != "--debug"]
    sys.exit(_run(given, debug))


def _run(given: list[str], debug: bool) -> int:
    try:
        result: Any = group.main(given, prog_name="clausebook", standalone_mode=False)
        sys.stdout.flush()
        return int(result) if isinstance(result, int) else 0
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _failed(error, language_of(given), debug)


def _failed(error: Exception, language: str, debug: bool) -> int:
    """Misuse is said in one sentence, a bug with what it is."""
    from ..problems import UserError
    from ..wording import text

    if isinstance(error, UserError):
        click.echo(text(f"errors.{error.key}", language, **error.facts), err=True)
        return 2
    if debug:
        raise error
    click.echo(text("help.bug", language, error=f"{type(error).__name__}: {error}"), err=True)
    return 3
