#!/usr/bin/python3
"""A service manager's end of sd_notify(3).

    manager.py SOCKET COUNT COMMAND...

Runs the command with the socket as $NOTIFY_SOCKET and prints, sorted, the names that COUNT messages had a value for; ends as it ended.
"""

import os
import socket
import subprocess
import sys

path, count, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as service:
    service.bind(path)
    service.settimeout(30)
    process = subprocess.run(command, env=dict(os.environ, NOTIFY_SOCKET=path), stdin=subprocess.DEVNULL)
    lines = [line for _ in range(count) for line in service.recv(4096).decode().splitlines()]
os.unlink(path)
print(" ".join(sorted(line.split("=")[0] for line in lines)))
sys.exit(process.returncode)
