/* Open files end with their last descriptor, however that goes. */
#include "conformance.h"
#include <linux/close_range.h>
#include <signal.h>
#include <sys/mman.h>

static int shared;

static void use_shared(void)
{
	fill(shared, 20);
}

static void close_shared(void)
{
	fill(shared, 5);
	close(shared);
}

static void leave_open(void)
{
	fill(make("left-open", O_WRONLY | O_CREAT), 40);
	fill(make("left-open-2", O_WRONLY | O_CREAT), 41);
	look("descriptors", O_RDONLY);
	dup(look("/dev/null", O_WRONLY));
	fill(dup(make("left-twice", O_WRONLY | O_CREAT)), 43);
}

/* The same, killed. */
static void leave_killed(void)
{
	fill(make("left-killed", O_WRONLY | O_CREAT), 42);
	kill(getpid(), SIGKILL);
}

static void until_exec(void)
{
	int kept = make("kept", O_WRONLY | O_CREAT), gone = make("gone-at-exec", O_WRONLY | O_CREAT | O_CLOEXEC), late;

	fill(kept, 7);
	fill(gone, 8);
	late = look("kept", O_RDONLY);
	fcntl(late, F_SETFD, FD_CLOEXEC);
	late = make("gone-twice", O_WRONLY | O_CREAT | O_CLOEXEC);
	fill(late, 6);
	fcntl(late, F_DUPFD_CLOEXEC, 0);
	fcntl(make("half-kept", O_WRONLY | O_CREAT | O_CLOEXEC), F_DUPFD, 0);
	execl(STEP, "step", "exit", "0", NULL);
}

static void ranges(void)
{
	int first = make("range-1", O_WRONLY | O_CREAT), second = make("range-2", O_WRONLY | O_CREAT);
	int third = dup(second), fourth = make("range-3", O_WRONLY | O_CREAT);

	fill(third, 9);
	RAW(close_range, first, second, 0);
	RAW(close_range, third, fourth, CLOSE_RANGE_CLOEXEC);
	first = make("range-twice", O_WRONLY | O_CREAT);
	fill(dup(first), 3);
	RAW(close_range, first, first + 1, 0);
	RAW(close_range, 5, 4, 0);
	execl(STEP, "step", "exit", "0", NULL);
}

static void ranges_of_its_own(void)
{
	make("range-4", O_WRONLY | O_CREAT);
	RAW(close_range, 3, ~0u, CLOSE_RANGE_UNSHARE);
}

static void duplicated(void)
{
	int one = make("dup-1", O_WRONLY | O_CREAT), two = make("dup-2", O_WRONLY | O_CREAT);
	int three = make("dup-3", O_WRONLY | O_CREAT), four = dup(one);

	fill(one, 10);
	fill(four, 11);
	close(one);
	dup2(four, two);
	dup2(four, four);
	dup3(two, three, O_CLOEXEC);
	dup3(two, two, 0);
	dup2(1000, four);
	dup2(four, -1);
	close(two);
	one = fcntl(four, F_DUPFD_CLOEXEC, 100);
	close(three);
	close(four);
	fill(one, 12);
	close(one);
	close(one);
	close(-1);
}

/* Who opened it ends first; its child goes on with it, and says by a pipe that it is through. */
static void bequeath(void)
{
	int ends[2], fd = make("bequeathed", O_WRONLY | O_CREAT);
	char end;

	must(pipe(ends), "pipe");
	if (must(fork(), "fork") == 0) {
		close(ends[0]);
		fill(fd, 16);
		if (must(fork(), "fork") == 0) {
			fill(fd, 17);
			_exit(0);
		}
		wait(NULL);
		fill(ends[1], 1);
		_exit(0);
	}
	close(ends[1]);
	close(fd);
	must(read(ends[0], &end, 1), "read");
	wait(NULL);
}

/* Names that change or go while the file is open. */
static void renamed_and_unlinked(void)
{
	int fd = make("old-name", O_RDWR | O_CREAT);

	fill(fd, 18);
	rename("old-name", "new-name");
	ftruncate(fd, 5);
	close(fd);
	fd = make("unlinked", O_RDWR | O_CREAT);
	fill(fd, 19);
	unlink("unlinked");
	fchmod(fd, 0600);
	close(fd);
}

/* Without a name: the file is known by its handle. */
static void by_handle(void)
{
	struct {
		struct file_handle handle;
		char bytes[128];
	} file = { .handle = { .handle_bytes = 128 } };
	struct stat stat;
	int mount, fd, directory = look(".", O_RDONLY);

	touch("handled");
	if (name_to_handle_at(AT_FDCWD, "handled", &file.handle, &mount, 0))
		return;
	fd = open_by_handle_at(directory, &file.handle, O_RDONLY);
	if (fd >= 0) {
		fstat(fd, &stat);
		close(fd);
	}
	close(directory);
}

static void mapped(void)
{
	int fd = make("mapped", O_RDWR | O_CREAT);
	char *memory;

	fill(fd, 4096);
	memory = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	munmap(memory, 4096);
	fd = look("mapped", O_RDONLY);
	memory = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
}

void descriptors(void)
{
	must(mkdir("descriptors", 0755), "mkdir");
	shared = make("shared", O_WRONLY | O_CREAT);
	fill(shared, 10);
	in_child(use_shared);
	in_child(close_shared);
	fill(shared, 30);
	close(shared);
	in_child(leave_open);
	in_child(leave_killed);
	in_child(until_exec);
	in_child(ranges);
	in_child(ranges_of_its_own);
	in_child(bequeath);
	duplicated();
	renamed_and_unlinked();
	by_handle();
	in_child(mapped);
}
