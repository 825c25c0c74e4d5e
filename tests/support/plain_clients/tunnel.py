"""A proxy's tunnel, both ends: plain until TLS begins."""
import socket

client, proxy = socket.socketpair()
client.sendall(b"CONNECT api.example:443 HTTP/1.1\r\nHost: api.example:443\r\n\r\n")
proxy.recv(1000)
proxy.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
client.recv(1000)
client.sendall(b"\x16\x03\x01\x00\x20handshake")
proxy.recv(1000)
proxy.sendall(b"\x16\x03\x03\x00\x20handshake")
client.recv(1000)
for _ in range(3):
    client.sendall(b"\x17\x03\x03\x00\x20records")
    proxy.recv(1000)
