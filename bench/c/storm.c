/* File work at a known rate, told what it did: storm DIR FILES CYCLES CYCLES_PER_MS; 0 = as fast as it can. Begins at a line on stdin. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MODULES 50
/* What is late is made up for, and no moment is busier than twice what was asked. */
#define LEAST_NS 500000LL

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void until(long long ns)
{
	struct timespec t = { .tv_sec = ns / 1000000000LL, .tv_nsec = ns % 1000000000LL };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static int must(int result, const char *what)
{
	if (result < 0) {
		perror(what);
		exit(1);
	}
	return result;
}

int main(int argc, char **argv)
{
	const char *dir = argc == 5 ? argv[1] : NULL;
	long files, cycles, pace;
	char path[512];
	long long start, last;

	if (!dir)
		return 2;
	files = atol(argv[2]);
	cycles = atol(argv[3]);
	pace = atol(argv[4]);

	for (int i = 0; i < MODULES; i++) {
		snprintf(path, sizeof(path), "%s/module_%02d", dir, i);
		mkdir(path, 0755);
	}
	puts("ready");
	fflush(stdout);
	if (getchar() == EOF)
		return 1;
	start = last = now_ns();
	for (long i = 0; i < cycles; i++) {
		long file = i % files;
		int fd;

		if (pace && i % pace == 0) {
			long long due = start + i / pace * 1000000LL, soonest = last + LEAST_NS;

			until(due > soonest ? due : soonest);
			last = now_ns();
		}
		snprintf(path, sizeof(path), "%s/module_%02ld/component_%06ld.ts", dir, file % MODULES, file);
		/* Five events: opened to write, closed, opened to read, closed, unlinked. */
		fd = must(open(path, O_CREAT | O_WRONLY | O_TRUNC, 0644), "open");
		must(write(fd, "export {};\n", 11), "write");
		close(fd);
		fd = must(open(path, O_RDONLY), "open");
		must(read(fd, path + 480, 16), "read");
		close(fd);
		must(unlink(path), "unlink");
	}
	printf("{\"events\":%ld,\"seconds\":%.3f}\n", 5 * cycles, (now_ns() - start) / 1e9);
	return 0;
}
