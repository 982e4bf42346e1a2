"""A meeting of a hundred, held by clients at protocol level in a whole installation."""
