"""usage: tool.py curl|curl-h2|wget|tstclnt URL CA COUNT CONCURRENCY

Command-line programs as clients: bodies and answers go through files, or through a pipe for those that speak no HTTP.
"""

import http.client
import os
import subprocess
import sys
import tempfile
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

from contract import body_of, check

name, url, ca, count, concurrency = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
host = urllib.parse.urlsplit(url)
directory = tempfile.TemporaryDirectory(prefix="agentsight-tool-")


def path(kind, i):
    return os.path.join(directory.name, f"{kind}-{i}")


def write_body(i):
    with open(path("body", i), "wb") as file:
        file.write(body_of(i, count))


def check_answer(i):
    with open(path("answer", i), "rb") as file:
        check(i, count, 200, file.read())


def with_curl(version):
    """One process with all connections."""
    options = [f"cacert = {ca}", "silent", "show-error", "fail", version, 'header = "Expect:"']
    transfers = []
    for i in range(count):
        write_body(i)
        body = [f"url = {url}/echo/{i}", f"data-binary = @{path('body', i)}", f"output = {path('answer', i)}"]
        transfers.append("\n".join(options + body))
    config = path("config", 0)
    with open(config, "w") as file:
        file.write("\nnext\n".join(transfers))
    parallel = ["--no-progress-meter", "--parallel", "--parallel-immediate", "--parallel-max", str(concurrency)]
    subprocess.run(["curl", *parallel, "--config", config], check=True)
    for i in range(count):
        check_answer(i)


def with_wget(worker):
    """A process for each request: it sends all of one process the same body."""
    for i in range(worker, count, concurrency):
        write_body(i)
        options = ["--quiet", "--no-hsts", f"--ca-certificate={ca}", f"--post-file={path('body', i)}"]
        subprocess.run(["wget", *options, f"--output-document={path('answer', i)}", f"{url}/echo/{i}"], check=True)
        check_answer(i)


class Piped(http.client.HTTPConnection):
    """HTTP through the standard input and output of a program that speaks TLS: that program is the socket."""

    def __init__(self, command):
        super().__init__(host.netloc)
        self.command = command

    def connect(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.program = subprocess.Popen(self.command, **pipes)
        self.sock = self

    def sendall(self, data):
        self.program.stdin.write(data)
        self.program.stdin.flush()

    def makefile(self, mode):
        return os.fdopen(os.dup(self.program.stdout.fileno()), mode)


def through(command):
    def work(worker):
        connection = Piped(command)
        for i in range(worker, count, concurrency):
            connection.request("POST", f"/echo/{i}", body_of(i, count))
            answer = connection.getresponse()
            check(i, count, answer.status, answer.read())
        # tstclnt does not take the end of its input for an end.
        connection.program.terminate()
        connection.program.wait()

    return work


def trusting_database():
    """NSS knows authorities from its own database only."""
    database = f"sql:{directory.name}"
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
    subprocess.run(["certutil", "-A", "-d", database, "-n", "ca", "-t", "C,,", "-i", ca], check=True)
    return database


def in_parallel(work):
    with ThreadPoolExecutor(concurrency) as pool:
        list(pool.map(work, range(concurrency)))


with directory:
    if name == "curl":
        with_curl("http1.1")
    elif name == "curl-h2":
        with_curl("http2")
    elif name == "wget":
        in_parallel(with_wget)
    elif name == "tstclnt":
        options = ["-d", trusting_database(), "-h", host.hostname, "-p", str(host.port)]
        in_parallel(through(["tstclnt", *options]))
print("ok", count)
