"""How each network of models/ is built and asked for what the vectors hold, one file for each, of the same name."""
