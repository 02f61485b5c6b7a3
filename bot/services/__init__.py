"""What the programme does: load, decide, keep."""
