"""The edge: HTTP, Microsoft Teams, the try-it page and the terminal."""
