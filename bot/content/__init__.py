"""What coaches and translators write, turned into definitions and words."""
