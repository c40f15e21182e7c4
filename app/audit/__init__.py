"""Who did what, when, to what: an append-only chain of events that shows any later change.

Only this slice writes it.
"""
