"""A complaint management system as plain text in git, with an auditor built in."""

__version__ = "0.1.0"
