"""How a conversation moves: a state and an event in, a state and effects out. Pure."""
