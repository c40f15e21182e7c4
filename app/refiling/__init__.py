"""Refile a claim: route, edit, check, release; the secondary claim; and what became of it."""
