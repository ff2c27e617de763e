"""One network or method per file, each with the names of its official checkpoint."""
