"""Real stores, a small auth and real roster processes for the tests of roster."""
