"""usage: client.py urllib|http.client|asyncio|records URL CA COUNT CONCURRENCY"""

import asyncio
import http.client
import socket
import ssl
import sys
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from contract import body_of, check

name, url, ca, count, concurrency = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
host = urllib.parse.urlsplit(url)
context = ssl.create_default_context(cafile=ca)


def with_urllib(worker):
    """A connection for each request: urllib keeps none."""
    for i in range(worker, count, concurrency):
        request = urllib.request.Request(f"{url}/echo/{i}", body_of(i, count))
        with urllib.request.urlopen(request, context=context) as answer:
            check(i, count, answer.status, answer.read())


def with_http_client(worker):
    connection = http.client.HTTPSConnection(host.netloc, context=context)
    for i in range(worker, count, concurrency):
        connection.request("POST", f"/echo/{i}", body_of(i, count))
        answer = connection.getresponse()
        check(i, count, answer.status, answer.read())
    connection.close()


async def with_asyncio(worker):
    """TLS on memory BIOs: the thread that encrypts is not in a socket call then."""
    reader, writer = await asyncio.open_connection(host.hostname, host.port, ssl=context)
    for i in range(worker, count, concurrency):
        body = body_of(i, count)
        writer.write(f"POST /echo/{i} HTTP/1.1\r\nhost: {host.netloc}\r\ncontent-length: {len(body)}\r\n\r\n".encode())
        writer.write(body)
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        answer = bytearray()
        while size := int(await reader.readuntil(b"\r\n"), 16):
            answer += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        check(i, count, int(head.split()[1]), answer)
    writer.close()
    await writer.wait_closed()


async def all_with_asyncio():
    await asyncio.gather(*map(with_asyncio, range(concurrency)))


def with_records(worker):
    """A send for each record: the handshake's last leaves after the request was encrypted, and before it."""
    arrived, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(arrived, leaving, server_hostname=host.hostname)
    connection = socket.create_connection((host.hostname, host.port))

    def waiting_for_bytes(step):
        while True:
            try:
                return step()
            except ssl.SSLWantReadError:
                flush()
                arrived.write(connection.recv(65536))

    def flush():
        records = leaving.read()
        while records:
            size = 5 + int.from_bytes(records[3:5], "big")
            connection.sendall(records[:size])
            records = records[size:]

    def read(wanted):
        while wanted not in buffered:
            buffered.extend(waiting_for_bytes(lambda: tls.read(65536)))
        line, _, rest = bytes(buffered).partition(wanted)
        buffered[:] = rest
        return line

    buffered = bytearray()
    waiting_for_bytes(tls.do_handshake)
    for i in range(worker, count, concurrency):
        body = body_of(i, count)
        tls.write(f"POST /echo/{i} HTTP/1.1\r\nhost: {host.netloc}\r\ncontent-length: {len(body)}\r\n\r\n".encode())
        if body:
            tls.write(body)
        flush()
        head = read(b"\r\n\r\n")
        answer = bytearray()
        while size := int(read(b"\r\n"), 16):
            while len(buffered) < size + 2:
                buffered.extend(waiting_for_bytes(lambda: tls.read(65536)))
            answer += buffered[:size]
            del buffered[: size + 2]
        read(b"\r\n")
        check(i, count, int(head.split()[1]), answer)
    connection.close()


if name == "asyncio":
    asyncio.run(all_with_asyncio())
else:
    workers = {"urllib": with_urllib, "http.client": with_http_client, "records": with_records}
    with ThreadPoolExecutor(concurrency) as pool:
        list(pool.map(workers[name], range(concurrency)))
print("ok", count)
