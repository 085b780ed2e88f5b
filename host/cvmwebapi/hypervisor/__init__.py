"""VirtualBox, driven through VBoxManage."""
