"""Where clients reach this node."""
