"""What the frame pages in docs/ may call; add an organisation's own macros below."""

from clausebook.publish.macros import define_env

__all__ = ["define_env"]
