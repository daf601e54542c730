"""What people type into the counter's pages about dossiers."""
