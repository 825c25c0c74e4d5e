"""HTTP without TLS, in the ways Python programs do it: client.py MODE HOST PORT|PATH"""
import asyncio
import http.client
import socket
import sys
import threading

mode, host, port = sys.argv[1], sys.argv[2], sys.argv[3]


def keep_alive():
    connection = http.client.HTTPConnection(host, int(port))
    for i in range(5):
        connection.request("POST", f"/{i}", body=b"b" * (1000 * i))
        assert len(connection.getresponse().read()) == 1000 * i
    connection.close()


def large():
    body = bytes(range(256)) * (1 << 14)
    connection = http.client.HTTPConnection(host, int(port))
    connection.request("POST", "/large", body=body)
    assert connection.getresponse().read() == body
    connection.close()


def parallel():
    threads = [threading.Thread(target=keep_alive) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def peek():
    s = socket.create_connection((host, int(port)))
    # The first bytes decide nothing yet.
    for piece in (b"PO", b"ST", b" ", b"/peek HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"):
        s.send(piece)
    s.sendmsg([b"he", b"", b"llo"])
    whole = b""
    while not whole.endswith(b"\r\n\r\nhello"):
        looked = s.recv(65536, socket.MSG_PEEK)
        got = s.recv(7)
        assert got and looked.startswith(got)
        whole += got
    s.close()


async def ask(i):
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.writelines([b"POST /async HTTP/1.1\r\nHost: x\r\nConnection: close\r\n", b"Content-Length: 100000\r\n\r\n"])
    writer.write(b"%d" % i * 100000)
    await writer.drain()
    answer = await reader.read()
    assert answer.endswith(b"%d" % i * 100000), answer[:200]
    writer.close()


async def many():
    await asyncio.gather(*(ask(i) for i in range(8)))


def sent_file():
    """A body that no buffer of this process holds."""
    import os, tempfile
    with tempfile.TemporaryFile() as file:
        file.write(b"f" * 50000)
        file.flush()
        s = socket.create_connection((host, int(port)))
        s.send(b"POST /file HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\n")
        assert os.sendfile(s.fileno(), file.fileno(), 0, 50000) == 50000
        answer = http.client.HTTPResponse(s)
        answer.begin()
        answer.read()
        # What follows shows how much is missing.
        s.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        while s.recv(65536):
            pass


modes = {"keep-alive": keep_alive, "large": large, "parallel": parallel, "peek": peek, "asyncio": lambda: asyncio.run(many()),
         "sendfile": sent_file}
modes[mode]()
