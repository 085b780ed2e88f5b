"""One session in this host: the way from state to state, what pages hear of it, what heals it."""
