/* Opens, renames and unlinks as fast as it can: churn DIR CYCLES. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
	char from[512], to[512];
	long cycles;
	int fd;

	if (argc != 3)
		return 2;
	cycles = atol(argv[2]);
	for (long i = 0; i < cycles; i++) {
		snprintf(from, sizeof(from), "%s/draft_%05ld.ts", argv[1], i % 2000);
		snprintf(to, sizeof(to), "%s/module_%05ld.ts", argv[1], i % 2000);
		fd = must(open(from, O_CREAT | O_WRONLY | O_TRUNC, 0644), "open");
		must(write(fd, "export {};\n", 11), "write");
		close(fd);
		must(rename(from, to), "rename");
		fd = must(open(to, O_RDONLY), "open");
		must(read(fd, from, 11), "read");
		close(fd);
		must(unlink(to), "unlink");
	}
	return 0;
}
