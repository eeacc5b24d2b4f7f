"""Sample reports about two invented municipalities, for demonstration and tests."""
