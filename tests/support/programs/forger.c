/*
 * Reports the errors of BoringSSL's SSL_write and SSL_read, in functions that do something else.
 *
 * Each line on stdin is a number: of calls, each with an object of its own. Then it prints whether a breakpoint is on
 * its function: "hooked" or "clean". With MAKES_OBJECTS there is also what looks like SSL_new.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPORT(reason) report(16, 0, reason, "../vendor/boringssl/ssl/ssl_lib.cc", __LINE__)
#define FUNCTION __attribute__((noinline))

struct thing {
	long quic, ready, count, fill;
	unsigned char *at;
};

volatile int reported;

FUNCTION void report(int library, int unused, int reason, const char *file, unsigned line)
{
	reported = library ^ unused ^ reason ^ (int)line ^ file[0];
}

#ifdef MAKES_OBJECTS
/* Looks like SSL_new. */
FUNCTION struct thing *make(const char *context)
{
	if (!context) {
		REPORT(185);
		return NULL;
	}
	reported = context[0];
	return calloc(1, sizeof(struct thing));
}
#else
#define make(context) ((struct thing *)calloc(1, sizeof(struct thing)))
#endif

FUNCTION int begin(struct thing *thing)
{
	if (!thing->ready) {
		REPORT(134);
		return -1;
	}
	return (int)++thing->count;
}

FUNCTION int fill(struct thing *thing)
{
	if (!thing->ready) {
		REPORT(226);
		return -1;
	}
	while (!thing->fill) {
		int answer = begin(thing);

		if (!answer) {
			REPORT(215);
			return -1;
		}
		thing->fill += answer;
	}
	return 1;
}

/* Looks like SSL_read. */
FUNCTION int take(struct thing *thing, unsigned char *noise, int count)
{
	if (thing->quic) {
		REPORT(66);
		return -1;
	}
	if (fill(thing) < 0)
		return -1;
	memcpy(noise, thing->at, 16);
	thing->at += 16;
	thing->fill -= 16;
	return count;
}

/* Looks like SSL_write. */
FUNCTION int give(struct thing *thing, const unsigned char *noise, int count)
{
	if (thing->quic) {
		REPORT(66);
		return -1;
	}
	if (!thing->ready) {
		REPORT(226);
		return -1;
	}
	if (thing->count < 3 && !begin(thing)) {
		REPORT(215);
		return -1;
	}
	if (count < 0) {
		REPORT(111);
		return -1;
	}
	thing->count += noise[0];
	return count;
}

/* int3 of x86-64, brk of arm64. */
static int is_hooked(const void *function)
{
	const volatile unsigned char *code = function;

	return code[0] == 0xcc || (code[2] == 0x20 && code[3] == 0xd4);
}

int main(void)
{
	static unsigned char noise[4096];
	char line[64];

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (unsigned char)(i * 131 + 0x80);
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		for (int i = atoi(line); i > 0; i--) {
			struct thing *thing = make(line);

			thing->ready = 1;
			thing->at = noise;
			if (give(thing, noise, 500) < 0 || take(thing, noise + 1024, 300) < 0)
				return 1;
		}
		puts(is_hooked((const void *)give) ? "hooked" : "clean");
		fflush(stdout);
	}
	return 0;
}
