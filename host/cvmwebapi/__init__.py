"""The native messaging host of CernVM WebAPI: lets a web page run a virtual machine, with its user's consent."""

__version__ = "3.0.0"
