#!/usr/bin/env python3
"""tests/support/topic.py
   Makes or deletes one Kafka topic, as tests need to that spoil what 'tipoff topics apply' makes.

usage: tests/support/topic.py HOST:PORT create NAME PARTITIONS
       tests/support/topic.py HOST:PORT delete NAME

It speaks two requests of the Kafka protocol, for neither kcat nor the jars of ops/kafka can do it.
"""
import socket
import struct
import sys

CREATE_TOPICS, DELETE_TOPICS = 19, 20
TIMEOUT_MS = 20000


def text(value):
    raw = value.encode()
    return struct.pack(">h", len(raw)) + raw


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        if not more:
            sys.exit("the broker closed the connection")
        data += more
    return data


def ask(broker, api, version, body):
    host, port = broker.rsplit(":", 1)
    message = struct.pack(">hhi", api, version, 1) + text("topic.py") + body
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(struct.pack(">i", len(message)) + message)
        size, = struct.unpack(">i", read_exactly(connection, 4))
        return read_exactly(connection, size)


def error_of(answer):
    """The first topic's error code: correlation id, throttle time, count, name, code."""
    name_length, = struct.unpack_from(">h", answer, 12)
    return struct.unpack_from(">h", answer, 14 + name_length)[0]


def create(broker, name, partitions):
    topic = text(name) + struct.pack(">ihii", partitions, 1, 0, 0)  # one replica, no assignments, no settings
    return ask(broker, CREATE_TOPICS, 2, struct.pack(">i", 1) + topic + struct.pack(">i?", TIMEOUT_MS, False))


def delete(broker, name):
    return ask(broker, DELETE_TOPICS, 1, struct.pack(">i", 1) + text(name) + struct.pack(">i", TIMEOUT_MS))


def main(words):
    if len(words) == 4 and words[1] == "create":
        code = error_of(create(words[0], words[2], int(words[3])))
    elif len(words) == 3 and words[1] == "delete":
        code = error_of(delete(words[0], words[2]))
    else:
        sys.exit(__doc__)
    if code != 0:
        sys.exit(f"{' '.join(words)}: the broker answers with error {code}")


main(sys.argv[1:])
