"""The lessons by which the small networks of notebooks/weights/ were taught, one file for each network's design."""
