"""What License Desk promises, as sentences."""
