"""How words leave, and how the words that come are read: one room for each channel."""
