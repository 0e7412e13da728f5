"""A state machine over the whole record: a world in which things happen, and a model of what has to come of them."""
