"""`clausebook new KIND [--set field=value]…`: the next number, a template, the path on stdout."""

from __future__ import annotations

import click

from ..problems import UserError
from .language import language_of
from .options import common, day_of, root_of
from .speaking import Speaking


@click.command("new", cls=Speaking)
@click.argument("kind", metavar="KIND")
@click.option("--set", "fields", multiple=True, metavar="FIELD=VALUE")
@common
def command(kind: str, fields: tuple[str, ...], root: str | None, as_of: str | None, language: str | None) -> int:
    """The next number, a filled template, the path printed."""
    from ..load.workspace import load
    from ..work.recording import create

    folder = root_of(root)
    system = load(folder, day_of(as_of, folder), with_history=False)
    if kind not in system.kinds:
        raise UserError("form-unknown", kind=kind, known=", ".join(system.kinds))
    given = {}
    for field in fields:
        name, separator, value = field.partition("=")
        if not separator:
            raise UserError("new-field", field=field)
        given[name.strip()] = value
    click.echo(create(folder, system, system.kinds[kind], given, language_of(chosen=language)))
    return 0
