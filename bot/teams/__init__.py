"""Everything that knows Microsoft Teams; the only folder that imports the Bot Framework SDK."""
