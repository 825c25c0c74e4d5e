"""Connects to each address given, says something, hears it, and goes on; the last ones are kept until its input ends."""
import socket
import sys

kept = []
for line in sys.stdin:
    how, address, port = line.split()
    family = {"inet": socket.AF_INET, "inet6": socket.AF_INET6, "unix": socket.AF_UNIX}[how]
    end = socket.socket(family, socket.SOCK_STREAM)
    name = address.replace("@", "\0") if how == "unix" else (address, int(port))
    end.connect(name)
    end.sendall(b"x")
    end.recv(1)
    kept.append(end)
    print(0 if how == "unix" else end.getsockname()[1], flush=True)
