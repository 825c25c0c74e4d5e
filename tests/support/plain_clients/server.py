"""A server, and a client of it in the same process: a body of known length, and one that ends with its connection."""
import http.client
import http.server
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = b"hello" if self.path == "/length" else b"z" * 100_000
        self.send_response(200)
        if self.path == "/length":
            self.send_header("Content-Length", "5")
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever).start()
connection = http.client.HTTPConnection(*server.server_address)
for path, size in (("/length", 5), ("/to-the-end", 100_000)):
    connection.request("GET", path)
    assert len(connection.getresponse().read()) == size
server.shutdown()
server.server_close()
