"""Session descriptions: what a browser offers, read strictly, and what the node answers."""
