"""VirtualBox for those who lack it: from a package manager, or a signed list of installers, with the user's yes."""
