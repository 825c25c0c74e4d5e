"""What every client of this directory sends and expects: see ../echo_server.ts."""

SIZES = [1, 100, 1023, 8192, 16383, 16384, 16385, 65537, 262144, 1048577]
LAST_SIZE = 4 << 20
# Byte j depends on j & 255 here, and on the rest of j by which row is taken.
_ROWS = [bytes((row + j * 31) & 0xFF for j in range(256)) for row in range(256)]


def body_of(i, count):
    """The body of request i: byte j is i*131 + j*31 + (j>>8)*7 + (j>>16), modulo 256."""
    size = LAST_SIZE if i == count - 1 else SIZES[i % len(SIZES)]
    rows = (_ROWS[(i * 131 + k * 7 + (k >> 8)) & 0xFF] for k in range((size + 255) >> 8))
    return b"".join(rows)[:size]


def check(i, count, status, body):
    if status != 200 or body != body_of(i, count):
        raise SystemExit(f"request {i}: status {status}, {len(body)} bytes, not those that were sent")
