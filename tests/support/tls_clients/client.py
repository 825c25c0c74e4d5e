"""usage: client.py URL CA SIZE…   Downloads and uploads of each size, by a connection each, by one, and by eight."""

import http.client
import ssl
import sys
import threading
import urllib.parse
import urllib.request

url, ca, *sizes = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)


def ask(path, body=None):
    with urllib.request.urlopen(urllib.request.Request(url + path, body), context=context) as answer:
        answer.read()


for size in map(int, sizes):
    ask(f"/down/{size}")
    ask("/up", b"p" * size)

connection = http.client.HTTPSConnection(urllib.parse.urlsplit(url).netloc, context=context)
for size in map(int, sizes):
    connection.request("GET", f"/down/{size}")
    connection.getresponse().read()
    connection.request("POST", "/up", b"P" * size)
    connection.getresponse().read()
connection.close()

threads = [threading.Thread(target=ask, args=(f"/down/65537?{n}",)) for n in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
