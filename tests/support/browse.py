#!/usr/bin/env python3
"""tests/support/browse.py
   Plays a person before a full-screen command: starts it on a pseudo-terminal, waits for words, and types.

usage: tests/support/browse.py COMMAND... -- STEP...

A STEP is "expect TEXT" (a regular expression of what the terminal was sent since the last expectation, without its
control sequences), "send KEY" (ENTER, ESC, UP, DOWN, a line "text\\n", or characters), or "end" (the command ends with
status 0). A terminal is told no more than what changes on it: "send R" has the command draw everything anew.
"""
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time

KEYS = {"ENTER": "\r", "ESC": "\x1b", "UP": "\x1bOA", "DOWN": "\x1bOB"}
CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>78M]|[\x00-\x08\x0e-\x1f]")
ROWS, COLUMNS, PATIENCE_S = 40, 220, 30


class Terminal:
    def __init__(self, command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            os.execvp(command[0], command)
        self.seen = ""

    def read(self, wait_s):
        if select.select([self.fd], [], [], wait_s)[0]:
            try:
                self.seen += os.read(self.fd, 65536).decode("utf-8", "replace")
            except OSError:  # the command has ended
                return False
        return True

    def text(self):
        return CONTROL.sub(" ", self.seen)

    def expect(self, wanted):
        deadline = time.monotonic() + PATIENCE_S
        alive = True
        while not re.search(wanted, re.sub(r"\s+", " ", self.text())):
            if not alive or time.monotonic() > deadline:
                sys.exit(f"waited in vain for '{wanted}'; the terminal shows:\n{self.text()[-3000:]}")
            alive = self.read(0.2)
        self.seen = ""

    def send(self, key):
        os.write(self.fd, KEYS.get(key, key.replace("\\n", "\n")).encode())

    def end(self):
        while self.read(PATIENCE_S):
            pass
        _, status = os.waitpid(self.pid, 0)
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"ended with {os.waitstatus_to_exitcode(status)}:\n{self.text()[-3000:]}")


def main(words):
    split = words.index("--")
    terminal, steps = Terminal(words[:split]), iter(words[split + 1:])
    for step in steps:
        if step == "end":
            terminal.end()
        elif step == "expect":
            terminal.expect(next(steps))
        elif step == "send":
            terminal.send(next(steps))
        else:
            sys.exit(__doc__)


main(sys.argv[1:])
