"""What holds on this computer: settings of the user, policies of the administrator, lists of websites."""
