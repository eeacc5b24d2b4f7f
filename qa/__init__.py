"""Questions in, cited Swedish answers out."""
