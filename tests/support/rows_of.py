#!/usr/bin/env python3
"""Prints a table of what a command said with --json as psql -A -t would: a row a line, '|' between columns.

usage: tipoff COMMAND --json | rows_of.py TABLE COLUMN,COLUMN...
       tipoff COMMAND --json | rows_of.py MEMBER
"""
import json
import sys


def text(value):
    """As Postgres writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value)


document = json.load(sys.stdin)
member = document[sys.argv[1]]
if len(sys.argv) > 2:
    for row in member:
        print("|".join(text(row[column]) for column in sys.argv[2].split(",")))
else:
    print(text(member))
