"""Listens on all the addresses given and echoes; says "ready"; not followed by anybody."""
import selectors
import socket
import sys

watched = selectors.DefaultSelector()
for argument in sys.argv[1:]:
    how, address = argument.split("=", 1)
    family = {"inet": socket.AF_INET, "inet6": socket.AF_INET6, "unix": socket.AF_UNIX}[how]
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(address.replace("@", "\0") if how == "unix" else (address, 0))
    server.listen()
    watched.register(server, selectors.EVENT_READ, "server")
    print(argument if how == "unix" else server.getsockname()[1], flush=True)
print("ready", flush=True)
while True:
    for key, _ in watched.select():
        if key.data == "server":
            watched.register(key.fileobj.accept()[0], selectors.EVENT_READ, "client")
            continue
        data = key.fileobj.recv(100)
        if data:
            key.fileobj.sendall(data)
        else:
            watched.unregister(key.fileobj)
            key.fileobj.close()
