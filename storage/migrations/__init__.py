"""The schema's history: each revision moves the tables one step on; `migrate` runs those that are missing."""
