"""`clausebook form KIND`: a paper form out of the schema."""

from __future__ import annotations

import click

from ..problems import UserError
from .options import language_of, root_of


@click.command("form")
@click.argument("kind", metavar="KIND")
@click.option("--lang", "language", type=click.Choice(["zh", "en"]))
@click.option("--root", metavar="DIR")
def command(kind: str, language: str | None, root: str | None) -> int:
    """打印用的一页表单（HTML）。One page to print, out of the schema of that kind."""
    from ..load.standards import standards_of
    from ..publish.forms import paper_form

    schemas, _, _ = standards_of(root_of(root))
    if kind not in schemas.kinds:
        raise UserError("form-unknown", kind=kind, known=", ".join(schemas.kinds))
    click.echo(paper_form(schemas.kinds[kind], language_of(chosen=language)))
    return 0
