"""Real clients: the demo company's people in Microsoft 365 Agents Playground."""
