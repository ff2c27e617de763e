"""What the networks cost, as ratios of one run against the order of the official code."""
