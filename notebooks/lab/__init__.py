"""What essays share: data, metrics, drawing, weights, and the record of a run."""

from lab.record import figure, mode, read, result

__all__ = ["figure", "mode", "read", "result"]
