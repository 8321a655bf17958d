"""The only room that knows git: one hardened door, the state of a repository, its log in one walk, its blobs."""

from .blobs import contents
from .door import NO_GIT, Repository
from .integrity import damage, names
from .past import Tree, commit_on, content_at, tree_of
from .state import changed_since, history, state_of, top_of
from .unmerged import Unmerged, unmerged
from .walk import walk

__all__ = [
    "NO_GIT", "Repository", "Tree", "Unmerged", "changed_since", "commit_on", "content_at", "contents", "damage",
    "history", "names", "state_of", "top_of", "tree_of", "unmerged", "walk",
]  # fmt: skip
