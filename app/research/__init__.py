"""Research: asking payers where a claim stands (276), and reading what they answer (277)."""
