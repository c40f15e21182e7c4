"""Tests mirror the source; browser/ drives a real Chromium, house/ holds the rules of the house."""
