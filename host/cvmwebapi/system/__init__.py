"""What this computer offers to every part: folders, files that processes share, the Windows registry."""
