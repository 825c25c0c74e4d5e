"""usage: libcurl.py LIBRARY URL CA COUNT CONCURRENCY

libcurl-nss.so.4 and libcurl-gnutls.so.4 are the same client on two TLS libraries, loaded while the program runs.
"""

import ctypes
import sys
from concurrent.futures import ThreadPoolExecutor

from contract import body_of, check

library, url, ca, count, concurrency = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])

# CURLOPT_* and CURLINFO_RESPONSE_CODE of curl.h.
URL, CAINFO, POST, POSTFIELDS, POSTFIELDSIZE, HTTPHEADER, WRITEFUNCTION = 10002, 10065, 47, 10015, 60, 10023, 20011
NOSIGNAL, RESPONSE_CODE = 99, 0x200002

curl = ctypes.CDLL(library)
curl.curl_easy_init.restype = ctypes.c_void_p
curl.curl_slist_append.restype = ctypes.c_void_p
curl.curl_slist_append.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
curl.curl_easy_perform.argtypes = curl.curl_easy_cleanup.argtypes = [ctypes.c_void_p]
# SSL, as CURL_GLOBAL_ALL.
curl.curl_global_init(3)
on_data = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p)


def work(worker):
    handle = ctypes.c_void_p(curl.curl_easy_init())
    answer = bytearray()

    @on_data
    def received(data, size, items, _):
        answer.extend(ctypes.string_at(data, size * items))
        return size * items

    def option(number, value):
        if curl.curl_easy_setopt(handle, number, value):
            raise SystemExit(f"libcurl has no option {number}")

    no_expect = ctypes.c_void_p(curl.curl_slist_append(None, b"Expect:"))
    option(NOSIGNAL, ctypes.c_long(1))
    option(CAINFO, ca.encode())
    option(POST, ctypes.c_long(1))
    option(HTTPHEADER, no_expect)
    option(WRITEFUNCTION, received)
    for i in range(worker, count, concurrency):
        body = body_of(i, count)
        answer.clear()
        option(URL, f"{url}/echo/{i}".encode())
        option(POSTFIELDS, body)
        option(POSTFIELDSIZE, ctypes.c_long(len(body)))
        if failure := curl.curl_easy_perform(handle):
            raise SystemExit(f"request {i}: libcurl says {failure}")
        status = ctypes.c_long()
        curl.curl_easy_getinfo(handle, RESPONSE_CODE, ctypes.byref(status))
        check(i, count, status.value, answer)
    curl.curl_easy_cleanup(handle)


with ThreadPoolExecutor(concurrency) as pool:
    list(pool.map(work, range(concurrency)))
print("ok", count)
