"""The commands, each a thin layer over catalog/, hooks/ or notebooks/."""
