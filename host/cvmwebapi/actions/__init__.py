"""The actions of the protocol, one file each with one function ``run(request)``. Imported on first use."""
