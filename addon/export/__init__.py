"""Characters as files that other programs read."""
