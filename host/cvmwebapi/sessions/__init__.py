"""Sessions: who owns which virtual machine, what state it is in, and how it gets to another one."""
