"""Does the assistant still find, prove and refuse what it should? Cases, measures, thresholds."""
