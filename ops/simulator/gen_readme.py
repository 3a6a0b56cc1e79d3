#!/usr/bin/env python3
"""ops/simulator/gen_readme.py README.md OUT.c

Makes a C string of the part of README.md that follows its first heading.
"""
import sys


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as f:
        lines = f.read().split("\n")[1:]
    while lines and not lines[0]:
        lines.pop(0)
    quoted = "".join('\n    "' + line.replace("\\", "\\\\").replace('"', '\\"') + '\\n"' for line in lines[:-1])
    with open(target, "w", encoding="utf-8") as f:
        f.write('#include "ops/simulator/season_readme.h"\n\nconst char season_readme[] =' + quoted + ";\n")


main()
