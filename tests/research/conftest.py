"""The small practice of tests/practice.py and the people who may see it: the same as in tests/followup."""

from tests.followup.conftest import app, dana, engine, lee, practice_ids, stranger

__all__ = ["app", "dana", "engine", "lee", "practice_ids", "stranger"]
