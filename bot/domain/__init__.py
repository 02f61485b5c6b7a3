"""What the words of a programme mean, and the decisions that need no one else: no input, no output, no library."""
