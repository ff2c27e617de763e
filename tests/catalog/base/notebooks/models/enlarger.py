"""A stand-in for a network."""
