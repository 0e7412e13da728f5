"""More than the desk can take: hostile, hasty, slow and too many callers, and an end in the middle of it."""
