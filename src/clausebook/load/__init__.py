"""Step one: everything in, as values, with every defect of form reported and nothing guessed."""
