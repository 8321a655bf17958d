"""The edition for everybody: built from an allow-list (edition.py), with makers that see nothing else."""
