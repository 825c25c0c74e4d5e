"""Answers for the zone agent.test, on port 53 of 127.0.0.1, over UDP and TCP; says so once it listens."""
import socket
import socketserver
import struct
import threading

ADDRESSES = {
    "api.agent.test": {1: ["127.0.0.2"], 28: ["::1"]},
    "node.agent.test": {1: ["127.0.0.3", "127.0.0.4"]},
    # More than a datagram holds.
    "many.agent.test": {1: ["127.0.1.%d" % n for n in range(1, 61)]},
}
ALIASES = {"alias.agent.test": "api.agent.test"}
QUESTION = 12


def labels(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"


def record(owner, kind, data):
    return owner + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


def answer(query, most):
    at, parts = QUESTION, []
    while query[at]:
        parts.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    asked = query[QUESTION:at + 5]
    name, kind = ".".join(parts).lower(), struct.unpack(">H", query[at + 1:at + 3])[0]
    owner, records, target = b"\xc0\x0c", [], ALIASES.get(name)
    if target:
        records.append(record(owner, 5, labels(target)))
        owner, name = labels(target), target
    for address in ADDRESSES.get(name, {}).get(kind, []):
        family = socket.AF_INET if kind == 1 else socket.AF_INET6
        records.append(record(owner, kind, socket.inet_pton(family, address)))
    flags = 0x8180 if name in ADDRESSES else 0x8183
    body = b"".join(records)
    if QUESTION + len(asked) + len(body) > most:
        flags, records, body = flags | 0x0200, [], b""
    return query[:2] + struct.pack(">HHHHH", flags, 1, len(records), 0, 0) + asked + body


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        query, end = self.request
        end.sendto(answer(query, 512), self.client_address)


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        while length := self.rfile.read(2):
            said = answer(self.rfile.read(struct.unpack(">H", length)[0]), 65535)
            self.wfile.write(struct.pack(">H", len(said)) + said)


servers = [socketserver.ThreadingUDPServer(("127.0.0.1", 53), Datagram),
           socketserver.ThreadingTCPServer(("127.0.0.1", 53), Stream)]
for server in servers[1:]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
print("ready", flush=True)
servers[0].serve_forever()
