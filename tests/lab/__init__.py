"""The assembled parts: site, release tree, keystore, VirtualBox, host and browser, for tests, demo and experiments."""
