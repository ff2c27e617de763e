"""Keep what an essay found, so that the runner can write it down as a run."""

figure = mode = read = result = None
