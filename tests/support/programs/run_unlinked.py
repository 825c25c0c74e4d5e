"""usage: run_unlinked.py file|memory PROGRAM ARGS...   Becomes a program that has no name any more, or never had one."""
import os
import sys

kind, program = sys.argv[1:3]
if kind == "memory":
    fd = os.memfd_create("program", os.MFD_CLOEXEC)
    with open(program, "rb") as source:
        os.sendfile(fd, source.fileno(), 0, os.fstat(source.fileno()).st_size)
else:
    fd = os.open(program, os.O_RDONLY | os.O_CLOEXEC)
    os.unlink(program)
os.execve(fd, sys.argv[2:], os.environ)
