"""What --help says, in the reader's language: the words are in the locale, commands only name their options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from ..wording import room
from .language import language_of


class Speaking(click.Command):
    """A command whose help comes from help.yaml; the whole line decides the language, wherever --lang stands."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if parent is None:
            extra.setdefault("obj", language_of(args))
        return super().make_context(info_name, args, parent, **extra)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, said(ctx)["help.usage"])

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        key = f"help.command.{name_of(ctx)}.about" if name_of(ctx) else "help.about"
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(said(ctx)[key])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        words = said(ctx)
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        with formatter.section(words["help.options"]):
            formatter.write_dl([(_spelled(option, ctx), _told(option, ctx, words)) for option in options])


class SpeakingGroup(Speaking, click.Group):
    """A command with commands below it; each is one line of its help."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        words, above = said(ctx), [name_of(ctx)] if name_of(ctx) else []
        with formatter.section(words["help.commands"]):
            lines = [(name, f"help.command.{'-'.join([*above, name])}.line") for name in self.list_commands(ctx)]
            formatter.write_dl([(name, words[key]) for name, key in lines])


def said(ctx: click.Context) -> Mapping[str, str]:
    """The words of help.yaml: key → text."""
    return room("help", str(ctx.find_root().obj))


def name_of(ctx: click.Context) -> str:
    """The name of a command without the program's: check, calendar-add; the program itself has none."""
    if isinstance(ctx.command, click.Group) and ctx.command.name == "group":
        return ""
    above = name_of(ctx.parent) if ctx.parent is not None else ""
    return "-".join(filter(None, [above, ctx.command.name]))


def key_of(option: click.Option, command: str, words: Mapping[str, str]) -> str:
    """Where an option is explained: with its command, else with those that all commands have."""
    name = "help" if option.is_eager and "--help" in option.opts else str(option.name)
    own = f"help.command.{command}.option.{name}"
    return own if own in words else f"help.option.{name}"


def _spelled(option: click.Option, ctx: click.Context) -> str:
    record = option.get_help_record(ctx)
    return record[0] if record else option.opts[0]


def _told(option: click.Option, ctx: click.Context, words: Mapping[str, str]) -> str:
    must = f"  [{words['help.required']}]" if option.required else ""
    return words[key_of(option, name_of(ctx), words)] + must
