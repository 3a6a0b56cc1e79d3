#!/usr/bin/env python3
"""Writes a copy of a source in which one piece of text is another: mutate.py IN OUT OLD NEW. Fails when the
text does not stand there exactly once, so that a mutant cannot silently become the original."""
import sys
from pathlib import Path


def main():
    source, target, old, new = sys.argv[1:]
    text = Path(source).read_text(encoding="utf-8")
    if text.count(old) != 1:
        sys.exit(f"{source}: {old!r} stands there {text.count(old)} times; the mutant needs it once")
    Path(target).write_text(text.replace(old, new), encoding="utf-8")


if __name__ == "__main__":
    main()
