"""What a machine is made of: boot medium, context medium, ports, room on this computer."""
