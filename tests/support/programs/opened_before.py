"""Connects, waits for a line, and only then uses its connections: closes one, and ends with the others open."""
import json
import os
import socket
import sys

server = socket.create_server(("127.0.0.1", 0))
first, second, unused = [socket.create_connection(server.getsockname()) for _ in range(3)]
ends = [server.accept()[0] for _ in range(3)]
ports = [one.getsockname()[1] for one in (first, second, unused)]
print(json.dumps({"server": server.getsockname()[1], "ports": ports}), flush=True)
sys.stdin.readline()
first.sendall(b"x" * 10)
assert len(ends[0].recv(100)) == 10
ends[0].sendall(b"y" * 4)
assert len(first.recv(100)) == 4
first.close()
second.sendall(b"z" * 20)
os._exit(0)
