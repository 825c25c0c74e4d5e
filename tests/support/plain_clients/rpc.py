"""JSON-RPC over a child's stdin and stdout: rpc.py [serve | BANNER], a client that starts a server of its own."""
import json
import subprocess
import sys

LARGE = "x" * 300_000


def message(**fields):
    # The version last, behind parameters of any size: as the official TypeScript SDK writes it.
    return json.dumps({**fields, "jsonrpc": "2.0"}, separators=(",", ":")) + "\n"


def serve():
    print("server on stdio, 1 { not JSON-RPC }", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(message(result={"echo": asked["params"]}, id=asked["id"]))
        sys.stdout.flush()


def ask():
    server = subprocess.Popen([sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    server.stdout.readline()
    for i, params in enumerate([{"a": 1}, {"b": LARGE}, {"c": 3}]):
        server.stdin.write(message(method="tools/call", params=params, id=i))
        server.stdin.flush()
        assert json.loads(server.stdout.readline())["result"]["echo"] == params
    server.stdin.close()
    server.wait()


serve() if sys.argv[1:] == ["serve"] else ask()
