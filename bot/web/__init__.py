"""Pages in a browser: the try-it page of the demo."""
