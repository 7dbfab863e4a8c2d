"""The command line behind ``./lienthong``: one file a group of commands."""
