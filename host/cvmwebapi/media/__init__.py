"""Boot images, and the media that contextualize a guest."""
