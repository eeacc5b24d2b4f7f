"""Report files in, structured reports out: reading, repair, structure, identification, passages, figures."""
