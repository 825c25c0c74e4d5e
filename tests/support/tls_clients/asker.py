"""usage: [LIBRARY=PATH] asker.py URL CAFILE   Each line on stdin is a prompt for a model, over a connection of its own.

TLS is loaded with the first line: Python's own, or LIBRARY, built from asker.c.
"""
import ctypes
import json
import os
import sys

url, authority = sys.argv[1:3]


def with_library(path):
    library = ctypes.CDLL(path)
    library.ask.restype = ctypes.c_char_p
    return lambda prompt: library.ask(url.encode(), authority.encode(), prompt.encode()).decode()


def with_python():
    import http.client
    import ssl

    context = ssl.create_default_context(cafile=authority)

    def ask(prompt):
        connection = http.client.HTTPSConnection(url.removeprefix("https://"), context=context)
        messages = [{"role": "user", "content": prompt}]
        body = json.dumps({"model": "claude-sonnet-4-5", "max_tokens": 100, "messages": messages})
        connection.request("POST", "/v1/messages", body, {"content-type": "application/json"})
        answer = json.load(connection.getresponse())
        connection.close()
        return answer["content"][0]["text"]

    return ask


print("ready", flush=True)
ask = None
for line in sys.stdin:
    if ask is None:
        assert "ssl" not in sys.modules
        ask = with_library(os.environ["LIBRARY"]) if "LIBRARY" in os.environ else with_python()
    print(ask(line.strip()), flush=True)
