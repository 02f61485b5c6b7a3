"""Framsteg keeps people on their way to work company, by SMS and Telegram."""
