"""The people file: a CSV of five columns in, people on the roster out."""

from leadline.connectors.people.read import PeopleFile, read_people

__all__ = ["PeopleFile", "read_people"]
