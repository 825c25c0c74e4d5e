/* What the parts of the conformance program share. Calls whose failure is the point are simply made. */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534
#define BAD_POINTER ((void *)1)

/* The call as such, not what libc makes of it. */
#define RAW(name, ...) syscall(SYS_##name, ##__VA_ARGS__)

/* Without this one the rest has no meaning. */
static inline long must(long result, const char *what)
{
	if (result < 0) {
		perror(what);
		_exit(99);
	}
	return result;
}

/* Whether it was there, what it is: strace then knows what `created` and `type` have to be. */
static inline int make(const char *path, int flags)
{
	struct stat stat;
	int fd;

	access(path, F_OK);
	fd = must(open(path, flags, 0644), path);
	fstat(fd, &stat);
	return fd;
}

static inline int look(const char *path, int flags)
{
	struct stat stat;
	int fd = open(path, flags);

	if (fd >= 0)
		fstat(fd, &stat);
	return fd;
}

static inline void touch(const char *path)
{
	close(make(path, O_WRONLY | O_CREAT));
}

static inline void fill(int fd, int bytes)
{
	static char some[8192];

	must(write(fd, some, bytes), "write");
}

/* strace sees the argument only; the answer of getcwd(2) is where it led. */
static inline void go(const char *path)
{
	char cwd[8192];

	must(chdir(path), path);
	getcwd(cwd, sizeof(cwd));
}

/* One after another: what it closes is not shared with anybody who runs. */
static inline int in_child(void (*act)(void))
{
	int status;
	pid_t pid = must(fork(), "fork");

	if (pid == 0) {
		act();
		_exit(0);
	}
	must(waitpid(pid, &status, 0), "waitpid");
	return pid;
}

void opens(void);
void names(void);
void traffic(void);
void descriptors(void);
void properties(void);
void mappings(void);
void processes(void);
void threads(void);
void programs(void);
void rights(void);
void dealings(void);
void connections(void);
void datagrams(void);

/* Static, in the program's directory: does what its first argument says. */
#define STEP "./step"
#define LEGACY "./legacy"

#endif
