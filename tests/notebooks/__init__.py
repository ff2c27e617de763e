"""The experiments: networks, lab, runner, essays."""
