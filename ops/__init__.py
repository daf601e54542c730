"""Set-up, embedded database, supervision and the commands in bin/: everything that runs before and around Django."""
