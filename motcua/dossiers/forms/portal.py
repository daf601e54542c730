"""What people type into the portal's pages about dossiers."""
