"""What this node tells others."""
