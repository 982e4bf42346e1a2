"""The RPC edge: each servicer finds who asks, looks at the rules in core, and reads or writes the store."""
