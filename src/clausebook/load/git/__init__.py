"""The only room that knows git: one hardened door, the state of a repository, its log in one walk, its blobs."""

from .blobs import contents
from .door import Repository
from .state import changed_since, history, state_of, top_of
from .walk import walk

__all__ = ["Repository", "changed_since", "contents", "history", "state_of", "top_of", "walk"]
