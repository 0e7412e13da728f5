"""What is printed: documents as PDF."""
