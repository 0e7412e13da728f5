"""What somebody might try, and what must not get out."""
