"""Step four: what people and machines get to see. Every value leaves through one gate (gate.py)."""
