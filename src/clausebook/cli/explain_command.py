"""`clausebook explain RULE|CLAUSE`: the manual at hand."""

from __future__ import annotations

import click

from ..nearness import nearest
from ..problems import UserError
from .language import language_of
from .options import root_of
from .speaking import Speaking


@click.command("explain", cls=Speaking)
@click.argument("name", metavar="RULE|CLAUSE")
@click.option("--lang", "language", type=click.Choice(["zh", "en"]))
@click.option("--root", metavar="DIR")
def command(name: str, language: str | None, root: str | None) -> int:
    """What a rule means and what to do; what a clause asks and what is its evidence."""
    from ..check.rules import RULES
    from ..load.standards import standards_of
    from ..publish.explain import clause_manual, rule_manual

    words = language_of(chosen=language)
    schemas, catalogues, _ = standards_of(root_of(root))
    if name in RULES:
        click.echo(rule_manual(RULES[name], next(iter(catalogues.values())), words))
        return 0
    for catalogue in catalogues.values():
        if catalogue.knows(name):
            click.echo(clause_manual(catalogue, name, schemas.kinds, words))
            return 0
    known = [*RULES, *(i for c in catalogues.values() for i in [*c.clauses, *c.requirements])]
    raise UserError("nothing-to-explain", id=name, near=nearest(name, known, count=3))
