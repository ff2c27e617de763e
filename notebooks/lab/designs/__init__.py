"""How the networks of models/ are built here, full size and small, one file for each design."""
