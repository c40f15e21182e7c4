"""Invented files to try Overturn with: a whole synthetic practice, and small files of one story each."""
