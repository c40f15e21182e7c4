"""Practices, payers, patients, coverages, claims and their lines, and the timeline of each claim."""
