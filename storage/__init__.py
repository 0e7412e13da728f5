"""The record: what is true about licenses and money, and the only code that changes it."""
