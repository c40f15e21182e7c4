"""The small practice of tests/practice.py and the people who may see it: the same as in tests/followup."""

from tests.followup.conftest import dana, engine, lee, stranger

__all__ = ["dana", "engine", "lee", "stranger"]
