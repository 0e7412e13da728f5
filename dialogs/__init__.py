"""The conversation: what is asked, in which order, and what is then shown."""
