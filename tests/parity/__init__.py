"""Vectors that other implementations of the same networks made, with the recipe of their weights."""
