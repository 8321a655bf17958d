"""`python -m clausebook`."""

from .cli import main

main()
