/* Processes and threads: how they begin and end. */
#include "conformance.h"
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static void ends_with_7(void)
{
	_exit(7);
}

static void ends_with_255(void)
{
	exit(255);
}

static void terminated(void)
{
	raise(SIGTERM);
}

static void dumped(void)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	setrlimit(RLIMIT_CORE, &unlimited);
	abort();
}

static void touches(void)
{
	touch("by-child");
}

static void lead_session(void)
{
	setsid();
	setsid();
	touch("by-leader");
}

/* The grandchild is nobody's child; a pipe tells when it has ended. */
static void detached(void)
{
	int ends[2];
	char end;

	must(pipe(ends), "pipe");
	if (must(fork(), "fork") == 0) {
		close(ends[0]);
		setsid();
		if (must(fork(), "fork") == 0) {
			touch("by-grandchild");
			_exit(3);
		}
		_exit(0);
	}
	close(ends[1]);
	must(read(ends[0], &end, 1), "read");
	close(ends[0]);
	wait(NULL);
}

static void vforked(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl(STEP, "step", "exit", "4", NULL);
		_exit(127);
	}
	wait(NULL);
	pid = vfork();
	if (pid == 0)
		_exit(5);
	wait(NULL);
}

static int shared_file, left_file;

/* Shares descriptors and working directory with its parent, but is no thread: the parent goes on with what it leaves. */
static int shares(void *unused)
{
	touch("by-sharer");
	must(write(shared_file, "child", 5), "write");
	left_file = must(open("left-by-sharer", O_CREAT | O_WRONLY | O_CLOEXEC, 0644), "open");
	must(chdir("directory-of-sharer"), "chdir");
	return unused ? 1 : 6;
}

/* Only its own copies close on exec. */
static int shares_until_exec(void *unused)
{
	must(write(left_file, "child", 5), "write");
	execl(STEP, "step", "exit", "4", NULL);
	return unused ? 1 : 127;
}

static void cloned(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	char cwd[4096];

	must(mkdir("directory-of-sharer", 0755), "mkdir");
	shared_file = must(open("shared", O_CREAT | O_RDWR, 0644), "open");
	must(clone(shares, stack + sizeof(stack), CLONE_VM | CLONE_FILES | CLONE_FS | SIGCHLD, NULL), "clone");
	wait(NULL);
	must(write(shared_file, "parent", 6), "write");
	close(shared_file);
	must(clone(shares_until_exec, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL), "clone");
	wait(NULL);
	must(write(left_file, "parent", 6), "write");
	close(left_file);
	getcwd(cwd, sizeof(cwd));
	touch("in-it");
	go("..");
}

static void set_last_pid(pid_t pid)
{
	char text[16];
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY);

	if (fd < 0)
		return;
	must(write(fd, text, snprintf(text, sizeof(text), "%d", pid)), "ns_last_pid");
	close(fd);
}

static void touch_reused(void)
{
	touch("by-reused");
}

/* The machine may give the number to somebody else in between. */
static void reused(void)
{
	pid_t first = in_child(touch_reused);

	for (int tries = 0; tries < 20; tries++) {
		set_last_pid(first - 1);
		if (in_child(touch_reused) == first)
			break;
	}
}

static void in_own_numbers(void)
{
	pid_t first, again;

	must(unshare(CLONE_NEWPID), "unshare");
	if (must(fork(), "fork") == 0) {
		first = in_child(touch_reused);
		set_last_pid(first - 1);
		again = in_child(touch_reused);
		kill(again, 0);
		kill(-1, 0);
		_exit(again == first ? 0 : 1);
	}
	wait(NULL);
}

static void renames(void)
{
	prctl(PR_SET_NAME, "renamed");
	prctl(PR_SET_NAME, "longer than fifteen bytes");
	prctl(PR_SET_NAME, "not-\xff");
	prctl(PR_SET_NAME, BAD_POINTER);
	prctl(PR_GET_DUMPABLE);
}

void processes(void)
{
	must(mkdir("processes", 0755), "mkdir");
	go("processes");
	in_child(touches);
	in_child(ends_with_7);
	in_child(ends_with_255);
	in_child(terminated);
	in_child(dumped);
	in_child(lead_session);
	detached();
	go("..");
	vforked();
	cloned();
	reused();
	in_child(in_own_numbers);
	in_child(renames);
	setsid();
}
