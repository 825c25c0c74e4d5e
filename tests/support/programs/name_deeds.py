"""Asks for names in every way there is, and goes where they lead; says on stderr, as JSON, who did what."""
import http.client
import http.server
import json
import os
import socket
import ssl
import subprocess
import sys
import threading

here = os.path.dirname(os.path.abspath(__file__))
name_server = subprocess.Popen([sys.executable, here + "/name_server.py"], stdout=subprocess.PIPE, text=True)
assert name_server.stdout.readline() == "ready\n"
listener = socket.create_server(("", 0), backlog=8)
port = listener.getsockname()[1]
did = {"pid": os.getpid(), "port": port, "server": name_server.pid}

# The C library's resolver, both kinds in one call.
found = socket.getaddrinfo("api.agent.test", port, type=socket.SOCK_STREAM)
did["found"] = sorted(address[0] for *_, address in found)
client = socket.socket()
client.connect(("127.0.0.2", port))
client.close()
did["alias"] = socket.gethostbyname("alias.agent.test")
try:
    socket.getaddrinfo("nothing.agent.test.", port)
except socket.gaierror:
    pass


def run(name, command, **env):
    child = subprocess.Popen(command, env={**os.environ, **env}, stdout=subprocess.PIPE, text=True)
    did[name] = {"pid": child.pid, "said": child.communicate()[0].strip()}
    assert child.returncode == 0


look = "import socket; print(len(set(a[4][0] for a in socket.getaddrinfo('%s', 1, socket.AF_INET))))"
# Over TCP from the beginning; and because the answer did not fit.
run("stream", [sys.executable, "-c", look % "api.agent.test"], RES_OPTIONS="use-vc")
run("truncated", [sys.executable, "-c", look % "many.agent.test"])
# c-ares.
run("node", ["node", "-e", "require('dns').resolve4('node.agent.test', (e, a) => console.log(String(a)))"])


def shake(host, before=None):
    """A ClientHello, to somebody who does not answer it."""
    client = socket.create_connection(("127.0.0.5", port))
    end, _ = listener.accept()
    if before:
        client.sendall(before)
        end.recv(100)
        end.sendall(b"ok\n")
        client.recv(3)
    context = ssl._create_unverified_context()
    tls = context.wrap_socket(client, server_hostname=host, do_handshake_on_connect=False)
    tls.settimeout(0.1)
    try:
        tls.do_handshake()
    except OSError:
        pass
    tls.close()
    end.close()


listener.accept()[0].close()
shake("first.agent.test")
shake("first.agent.test")
shake("second.agent.test", before=b"HELLO PROXY\n")


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


web = http.server.HTTPServer(("127.0.0.6", 0), Answer)
threading.Thread(target=web.serve_forever, daemon=True).start()
did["web"] = web.server_address[1]
for _ in range(2):
    request = http.client.HTTPConnection("127.0.0.6", did["web"])
    request.request("GET", "/", headers={"host": "web.agent.test"})
    assert request.getresponse().read() == b"ok"
    request.close()
web.shutdown()
name_server.kill()
name_server.wait()
print(json.dumps(did), file=sys.stderr, flush=True)
