"""Executes essays in processes of their own, and puts what they found in place as a whole."""
