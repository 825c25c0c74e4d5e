"""usage: client.py urllib|http.client|asyncio URL CA COUNT CONCURRENCY"""

import asyncio
import http.client
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


if name == "asyncio":
    asyncio.run(all_with_asyncio())
else:
    with ThreadPoolExecutor(concurrency) as pool:
        list(pool.map({"urllib": with_urllib, "http.client": with_http_client}[name], range(concurrency)))
print("ok", count)
