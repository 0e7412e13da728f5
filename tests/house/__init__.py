"""The gates of the house: the ruler, the lock files and what must never be committed."""
