"""What becomes of operations when processes, databases, ways and people go wrong."""
