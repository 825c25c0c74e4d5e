"""Does everything that a program can do with sockets, and says on stderr, as JSON, what it did and where."""
import ctypes
import errno
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys

home = sys.argv[1]
did = {"pid": os.getpid()}
MSG_FASTOPEN = 0x20000000


def failing(deed):
    try:
        deed()
        return 0
    except OSError as error:
        return -error.errno


def exchange(name, family, to, how=socket.SOCK_STREAM, client_family=None):
    """A connection on which 1,000 bytes go one way and 300 the other."""
    server = socket.socket(family, how)
    server.bind(to)
    server.listen(5)
    client = socket.socket(client_family or family, how)
    address = server.getsockname()
    client.connect(("::ffff:" + address[0], address[1]) if client_family else address)
    end, _ = server.accept()
    client.sendall(b"x" * 1000)
    end.recv(1000)
    end.sendall(b"y" * 300)
    client.recv(300)
    if family != socket.AF_UNIX:
        did[name] = {"server": address[1], "client": client.getsockname()[1]}
    client.close()
    end.close()
    server.close()


exchange("v4", socket.AF_INET, ("127.0.0.1", 0))
exchange("v6", socket.AF_INET6, ("::1", 0))
exchange("mapped", socket.AF_INET, ("127.0.0.1", 0), client_family=socket.AF_INET6)
exchange("path", socket.AF_UNIX, home + "/stream")
exchange("abstract", socket.AF_UNIX, "\0agentsight-" + str(os.getpid()))
exchange("packets", socket.AF_UNIX, home + "/packets", socket.SOCK_SEQPACKET)

# A pair, and one that nothing passes through.
for used in (True, False):
    here, there = socket.socketpair()
    if used:
        here.sendall(b"z" * 77)
        there.recv(77)
    here.close()
    there.close()

# Datagrams: connected, to names, empty, several in a call.
first, second = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
first.bind(("127.0.0.1", 0))
second.bind(("127.0.0.1", 0))
ports = [first.getsockname()[1], second.getsockname()[1]]
did["datagrams"] = ports
talker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(3):
    talker.sendto(b"one", ("127.0.0.1", ports[0]))
talker.sendto(b"", ("127.0.0.1", ports[1]))
assert [first.recvfrom(10)[0] for _ in range(3)] == [b"one"] * 3 and second.recv(10) == b""
talker.close()
# Another socket, whose open file is likely to lie where the first one's lay.
talker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
talker.sendto(b"again", ("127.0.0.1", ports[0]))
talker.close()
connected = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
connected.connect(("127.0.0.1", ports[1]))
did["connected"] = connected.getsockname()[1]


class Message(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint64), ("iov", ctypes.c_void_p),
                ("iov_length", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
                ("flags", ctypes.c_uint64), ("length", ctypes.c_uint64)]


libc = ctypes.CDLL(None, use_errno=True)
texts = [ctypes.create_string_buffer(b"a" * size, size) for size in (100, 20, 3)]
iovs = [(ctypes.c_uint64 * 2)(ctypes.addressof(text), len(text)) for text in texts]
messages = (Message * 3)(*[Message(iov=ctypes.addressof(iov), iov_length=1) for iov in iovs])
assert libc.sendmmsg(connected.fileno(), messages, 3, 0) == 3
assert libc.recvmmsg(second.fileno(), messages, 3, socket.MSG_PEEK, None) == 3
assert libc.recvmmsg(second.fileno(), messages, 3, 0, None) == 3
for one in (first, second, connected):
    one.close()
sink = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
sink.bind("\0agentsight-sink-" + str(os.getpid()))
source = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
source.sendto(b"log", sink.getsockname())
source.sendto(b"log", sink.getsockname())
sink.close()
source.close()
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
raw.sendto(b"\x08\x00\xf7\xff\x00\x00\x00\x00", ("127.0.0.1", 0))
raw.close()

# What does not work.
taken = socket.socket()
taken.bind(("127.0.0.1", 0))
did["taken"] = taken.getsockname()[1]
other = socket.socket()
did["bind"] = failing(lambda: other.bind(taken.getsockname()))
did["accept"] = failing(taken.accept)
did["refused"] = failing(lambda: other.connect(taken.getsockname()))
did["nowhere"] = failing(lambda: socket.socket(socket.AF_UNIX).connect(home + "/nowhere"))
did["family"] = failing(lambda: socket.socket(45, socket.SOCK_STREAM))
did["datagrams listen"] = failing(socket.socket(type=socket.SOCK_DGRAM).listen)
other.close()
taken.close()

# Not waited for: refused; and given up before there is an answer, because the queue is full.
closed = socket.socket()
closed.bind(("127.0.0.1", 0))
hasty = socket.socket()
hasty.setblocking(False)
did["later"] = {"to": closed.getsockname()[1], "result": -hasty.connect_ex(closed.getsockname())}
hasty.close()
closed.close()
full = socket.socket()
full.bind(("127.0.0.1", 0))
full.listen(0)
waiting = []
for _ in range(3):
    one = socket.socket()
    one.setblocking(False)
    assert one.connect_ex(full.getsockname()) == errno.EINPROGRESS
    waiting.append(one)
did["full"] = full.getsockname()[1]
for one in waiting:
    one.close()
full.close()

# Connected by a send.
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
did["fast"] = server.getsockname()[1]
client = socket.socket()
client.sendto(b"early", MSG_FASTOPEN, server.getsockname())
end, _ = server.accept()
assert end.recv(5) == b"early"
client.close()
end.close()


def connection():
    client = socket.create_connection(server.getsockname())
    end, _ = server.accept()
    client.sendall(b"v" * 11)
    end.recv(11)
    end.close()
    return client


# Taken back: AF_UNSPEC is no connection.
client = connection()
libc.connect(client.fileno(), struct.pack("=HH12x", socket.AF_UNSPEC, 0), 16)
client.close()
# Closed in other ways.
closed = {}
client = connection()
closed["dup2"] = client.getsockname()[1]
os.dup2(0, client.detach())
client = connection()
closed["close_range"] = client.getsockname()[1]
fd = client.detach()
os.closerange(fd, fd + 1)
client = connection()
closed["shared"] = client.getsockname()[1]
copy = client.dup()
child = os.fork()
if child == 0:
    client.send(b"from the child")
    os._exit(0)
os.waitpid(child, 0)
client.close()
copy.close()
client = connection()
closed["exec"] = client.getsockname()[1]
kept = connection()
closed["kept"] = kept.getsockname()[1]
kept.set_inheritable(True)
did["closed"] = closed
did["helper"] = subprocess.Popen(["true"], close_fds=True).pid
print(json.dumps(did), file=sys.stderr, flush=True)
os.execv("/bin/sleep", ["sleep", "0.1"])
