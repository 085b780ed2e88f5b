"""Real parts for the tests: VirtualBox without its kernel driver, homes that don't see each other, a small guest."""
