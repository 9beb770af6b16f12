"""Published against measured: records of what was measured, the rules of the verdicts, their tables."""
