"""The try-it page as people meet it, in Chromium."""
