"""How long a test waits for what has to come: machines are shared, and a slow one is no fault."""

PATIENCE = 120  # seconds; it measures nothing, it only ends a wait for what never comes
