"""A model's server and its client, both with forked workers that go on with a socket of their parent."""
import http.client
import json
import os
import signal
import socket

MODEL = "m-7b"


def answer(number):
    def chunk(text, **more):
        choices = [{"index": 0, "delta": {"content": text}, "finish_reason": more.pop("reason", None)}]
        event = {"id": "c", "object": "chat.completion.chunk", "model": MODEL, "choices": choices, **more}
        return f"data: {json.dumps(event)}\n\n"

    usage = {"prompt_tokens": number, "completion_tokens": 2, "total_tokens": number + 2}
    body = chunk(f"answer {number} ") + chunk("done", reason="stop", usage=usage) + "data: [DONE]\n\n"
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: {len(body)}\r\n\r\n"
    return (head + body).encode()


def forked(work):
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    return pid


def serve(connection):
    """Reads a request; a child of its own writes the answer."""
    stream = connection.makefile("rb")
    while stream.readline():
        length = 0
        while (line := stream.readline().strip()) != b"":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        asked = json.loads(stream.read(length))
        number = int(asked["messages"][0]["content"].split()[-1])
        os.waitpid(forked(lambda: connection.sendall(answer(number))), 0)


def accept(listener):
    while True:
        connection, _ = listener.accept()
        forked(lambda: serve(connection))
        connection.close()


def ask(connection, number):
    messages = [{"role": "user", "content": f"question {number}"}]
    body = json.dumps({"model": MODEL, "stream": True, "messages": messages})
    connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
    assert f"answer {number} ".encode() in connection.getresponse().read()


listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
server = forked(lambda: accept(listener))
listener.close()
client = http.client.HTTPConnection("127.0.0.1", port)
ask(client, 1)
os.waitpid(forked(lambda: ask(client, 2)), 0)
ask(client, 3)
client.close()
os.kill(server, signal.SIGKILL)
