"""Three drawings of the same elements: for Teams, the try-it page and the terminal."""
