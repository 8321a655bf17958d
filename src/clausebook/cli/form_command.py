"""`clausebook form KIND`: a paper form out of the schema."""

from __future__ import annotations

import click

from ..problems import UserError
from .language import language_of
from .options import root_of
from .speaking import Speaking


@click.command("form", cls=Speaking)
@click.argument("kind", metavar="KIND")
@click.option("--lang", "language", type=click.Choice(["zh", "en"]))
@click.option("--root", metavar="DIR")
def command(kind: str, language: str | None, root: str | None) -> int:
    """One page to print, out of the schema of that kind."""
    from ..load.standards import standards_of
    from ..publish.forms import paper_form

    schemas, _, _ = standards_of(root_of(root))
    if kind not in schemas.kinds:
        raise UserError("form-unknown", kind=kind, known=", ".join(schemas.kinds))
    click.echo(paper_form(schemas.kinds[kind], language_of(chosen=language)))
    return 0
