"""How the world and the time come in."""
