"""Passages to a searchable library: Swedish terms, vectors, and the store on disk."""
