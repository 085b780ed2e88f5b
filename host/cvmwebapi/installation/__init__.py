"""Registration of the native messaging host with browsers: where, what, and all of it or nothing."""
