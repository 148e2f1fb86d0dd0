#!/usr/bin/python3
"""A client of conmon's attach socket: standard input goes to the container's, and what the container says comes out as it came in.

    attach.py SOCKET

Each packet of the socket is a byte that tells the stream (2 output, 3 errors), and what was said.
"""

import os
import select
import socket
import sys

with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as conmon:
    conmon.connect(sys.argv[1])
    os.write(1, b"attached\n")
    watched = [conmon, 0]
    while conmon in watched:
        ready, _, _ = select.select(watched, [], [])
        if 0 in ready:
            typed = os.read(0, 4096)
            if typed:
                conmon.send(typed)
            else:
                conmon.shutdown(socket.SHUT_WR)
                watched.remove(0)
        if conmon in ready:
            packet = conmon.recv(8193)
            if not packet:
                watched.remove(conmon)
            elif packet[0] in (2, 3):
                os.write(packet[0] - 1, packet[1:])
