"""usage: sizes.py URL CA SIZE…   Downloads and uploads of each size, a connection each, written in one call each."""

import ssl
import sys
import urllib.request

url, ca, *sizes = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)


def ask(path, body=None):
    with urllib.request.urlopen(urllib.request.Request(url + path, body), context=context) as answer:
        answer.read()


for size in map(int, sizes):
    ask(f"/down/{size}")
    ask("/up", bytes(range(256)) * (size // 256) + bytes(size % 256))
