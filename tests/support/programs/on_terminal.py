"""on_terminal.py COLUMNS ROWS CMD...: runs CMD on a terminal of its own, presses c, then q; says as JSON what it drew."""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios
import time

columns, rows, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
leader, follower = pty.openpty()
fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
before = termios.tcgetattr(follower)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(follower, termios.TIOCSCTTY, 0)
    for fd in (0, 1):
        os.dup2(follower, fd)
    os.execvp(command[0], command)


def read_until(text, seconds):
    said, end = b"", time.monotonic() + seconds
    while text not in said and time.monotonic() < end:
        if select.select([leader], [], [], 0.1)[0]:
            said += os.read(leader, 65536)
    return said


screen = read_until("CPU▼".encode(), 25)
os.write(leader, b"c")
drawn = read_until("CALLS▼".encode(), 10)
os.write(leader, b"q")
drawn += read_until(b"\x1b[?1049l", 15)
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
after = termios.tcgetattr(follower)
json.dump({"code": code, "screen": screen.decode(errors="replace"), "sorted": drawn.decode(errors="replace"),
           "same": before[:6] == after[:6]}, sys.stdout)
