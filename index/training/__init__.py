"""How the shipped encoder was made: raw Swedish text in, a sentence-transformers model out."""
