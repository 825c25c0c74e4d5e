/*
 * usage: spawner PROGRAM DIRECTORY COUNT PARALLEL   Runs COUNT copies of a program, each a file of its own that is never
 * deleted, so many at once. Fails when one does; prints how many milliseconds it took.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *bytes;
static size_t size;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void load(const char *path)
{
	int fd = open(path, O_RDONLY);
	struct stat stat;

	if (fd < 0 || fstat(fd, &stat))
		fail(path);
	size = stat.st_size;
	bytes = malloc(size);
	if (!bytes || read(fd, bytes, size) != (ssize_t)size)
		fail(path);
	close(fd);
}

static void start(const char *path)
{
	pid_t child = vfork();

	if (child < 0)
		fail("vfork");
	if (child == 0) {
		execl(path, path, (char *)NULL);
		_exit(127);
	}
}

static void await_one(void)
{
	int status;

	if (wait(&status) < 0 || status != 0)
		fail("a program failed");
}

int main(int argc, char **argv)
{
	struct timespec began, ended;
	int count, parallel, running = 0;
	char path[4096];

	if (argc != 5)
		return 2;
	load(argv[1]);
	count = atoi(argv[3]);
	parallel = atoi(argv[4]);
	clock_gettime(CLOCK_MONOTONIC, &began);
	for (int i = 0; i < count; i++) {
		int fd;

		snprintf(path, sizeof(path), "%s/%d", argv[2], i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
		if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
			fail(path);
		close(fd);
		if (running == parallel)
			await_one();
		else
			running++;
		start(path);
	}
	while (running-- > 0)
		await_one();
	clock_gettime(CLOCK_MONOTONIC, &ended);
	printf("%ld\n", (ended.tv_sec - began.tv_sec) * 1000 + (ended.tv_nsec - began.tv_nsec) / 1000000);
	return 0;
}
