"""Does one thing of each kind that is observed, in the directory it is given, and says on stderr what it did as JSON."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys

home = os.path.realpath(sys.argv[1])
os.chdir(home)
did = {}


def child(act):
    pid = os.fork()
    if pid == 0:
        act()
        os._exit(0)
    os.waitpid(pid, 0)
    return pid


# Processes.
long = ["/bin/echo", "a" * 4500, "b" * 55000]
subprocess.run(long, stdout=subprocess.DEVNULL)
did["argv"] = long
did["exits"] = [subprocess.run(["sh", "-c", f"exit {code}"]).returncode for code in (0, 7, 255)]
did["killed"] = child(lambda: os.kill(os.getpid(), signal.SIGTERM))
did["short"] = [child(lambda: os.execv("/bin/true", ["true", str(n)])) for n in range(20)]
did["at_once"] = child(lambda: open("first-deed", "w").close())
memory = os.memfd_create("program")
os.write(memory, open("/bin/true", "rb").read())
did["nameless"] = child(lambda: os.execve(memory, ["hidden"], {}))
os.close(memory)

# Files.
with open("made", "wb") as file:
    file.write(b"x" * 1000)
    file.flush()
    file.write(b"y" * 234)
open("made").close()
with open("made", "r+b") as file:
    file.read(100)
    file.write(b"z" * 10)
for path, flags in [("missing", os.O_RDONLY), ("made", os.O_CREAT | os.O_EXCL | os.O_WRONLY)]:
    try:
        os.open(path, flags)
    except OSError:
        pass
os.mkdir("sub")
os.rename("made", "sub/renamed")
os.chdir("sub")
open("../relative", "w").close()
open("./here", "w").close()
os.chdir("..")
directory = os.open("sub", os.O_RDONLY | os.O_DIRECTORY)
os.close(os.open("by-dirfd", os.O_CREAT | os.O_WRONLY, dir_fd=directory))
os.rename("by-dirfd", "by-dirfd-2", src_dir_fd=directory, dst_dir_fd=directory)
os.unlink("by-dirfd-2", dir_fd=directory)
os.mkdir("deep", dir_fd=directory)
os.rmdir("deep", dir_fd=directory)
os.close(directory)
os.unlink("sub/here")
os.unlink("sub/renamed")
os.rmdir("sub")
os.symlink("target", "link")
open("link", "w").close()
name = "n" * 255
open(name, "w").close()
deep = home
for _ in range(12):
    deep += "/" + "d" * 200
    os.mkdir(deep)
open(deep + "/leaf", "w").close()
did["deep"] = deep + "/leaf"
open(b"not-\xff-utf8", "w").close()
open("naïve ✔", "w").close()
os.rename(b"not-\xff-utf8", b"still-\xfe-not")

# Descriptors: one file, several of them; and one that nobody closes.
shared = os.open("shared", os.O_CREAT | os.O_WRONLY)
again = os.dup(shared)
os.write(shared, b"1" * 10)
os.close(shared)
did["sharer"] = child(lambda: os.write(again, b"2" * 20))
os.write(again, b"3" * 30)
os.close(again)
did["leaver"] = child(lambda: os.write(os.open("left-open", os.O_CREAT | os.O_WRONLY), b"4" * 40))

# Connections.
listeners = {}
for family, address in [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]:
    listener = socket.socket(family)
    listener.bind((address, 0))
    listener.listen()
    listeners[address] = listener
    port = listener.getsockname()[1]
    did[address] = port
    socket.create_connection((address, port)).close()
refused = socket.socket()
refused.bind(("127.0.0.1", 0))
did["refused"] = refused.getsockname()[1]
try:
    socket.create_connection(("127.0.0.1", did["refused"]))
except ConnectionRefusedError:
    pass


async def nonblocking():
    nobody = socket.socket()
    nobody.bind(("127.0.0.1", 0))
    did["async_refused"] = nobody.getsockname()[1]
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    did["async"] = listener.getsockname()[1]
    _, writer = await asyncio.open_connection("127.0.0.1", did["async"])
    writer.close()
    try:
        await asyncio.open_connection("127.0.0.1", did["async_refused"])
    except ConnectionRefusedError:
        pass


asyncio.run(nonblocking())
print(json.dumps(did))
