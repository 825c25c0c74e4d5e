"""Uses processor, memory and files when a line comes, in a child too, and says what it took; ends with its input."""
import os
import subprocess
import sys
import threading
import time

CHILD = "import sys; sys.stdout.buffer.write(open('/dev/zero', 'rb', buffering=0).read(3_000_000))"

for _ in sys.stdin:
    with open("/dev/zero", "rb", buffering=0) as zeros:
        kept = b"".join(zeros.read(1_000_000) for _ in range(50))
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    while sum(os.times()[:2]) < 0.4:
        pass
    # What it wrote is read here, and both count.
    subprocess.run([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, check=True)
    print(sum(os.times()[:4]), flush=True)
