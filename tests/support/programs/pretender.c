/* Functions with the names of OpenSSL's that have nothing to do with TLS, called with what is no object and no text. */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define CALLS 3000
#define PUBLIC __attribute__((noinline, visibility("default")))

static long state = 1;

static long any(void)
{
	state = state * 6364136223846793005 + 1442695040888963407;
	return state >> 16;
}

/* Nothing, what is unmapped, the kernel's, what is readable, what is anything. */
static void *wild(void)
{
	static long room[8192];
	void *const places[] = {NULL, (void *)16, (void *)(uintptr_t)0xffffffff81000000, room, (void *)any()};

	return places[(unsigned long)any() % 5];
}

static long length(void)
{
	const long lengths[] = {0, -1, 1, 100, 16384, INT_MAX, INT_MIN, LONG_MAX, any()};

	return lengths[(unsigned long)any() % 9];
}

PUBLIC long SSL_write(void *a, void *b, long c) { __asm__("" ::"r"(a), "r"(b), "r"(c)); return length(); }
PUBLIC long SSL_read(void *a, void *b, long c) { __asm__("# 1" ::"r"(a), "r"(b), "r"(c)); return length(); }
PUBLIC long SSL_write_ex(void *a, void *b, long c, void *d) { __asm__("# 2" ::"r"(a), "r"(b), "r"(c), "r"(d)); return length(); }
PUBLIC long SSL_read_ex(void *a, void *b, long c, void *d) { __asm__("# 3" ::"r"(a), "r"(b), "r"(c), "r"(d)); return any() & 1; }
PUBLIC long SSL_do_handshake(void *a) { __asm__("# 4" ::"r"(a)); return any() & 1; }
PUBLIC void *SSL_new(void *a) { __asm__("# 5" ::"r"(a)); return wild(); }
PUBLIC void SSL_free(void *a) { __asm__("# 6" ::"r"(a)); }

int main(void)
{
	for (int i = 0; i < CALLS; i++) {
		SSL_new(wild());
		SSL_do_handshake(wild());
		SSL_write(wild(), wild(), length());
		SSL_read(wild(), wild(), length());
		SSL_write_ex(wild(), wild(), length(), wild());
		SSL_read_ex(wild(), wild(), length(), wild());
		if (any() & 1)
			SSL_free(wild());
	}
	return 0;
}
