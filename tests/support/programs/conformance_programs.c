/* Programs started, and those that could not be. */
#include "conformance.h"
#include <limits.h>

static char *const none[] = { NULL };
static char *arguments[] = { "step", "exit", "0", NULL };

static void script(const char *path, const char *text, mode_t mode)
{
	int fd = make(path, O_WRONLY | O_CREAT);

	must(write(fd, text, strlen(text)), "write");
	must(fchmod(fd, mode), "fchmod");
	close(fd);
}

static void failures(void)
{
	char *long_argument = malloc(200000);
	char *too_long[] = { "step", long_argument, NULL };
	int fd;

	memset(long_argument, 'x', 199999);
	long_argument[199999] = 0;
	script("not-executable", "#!./step exit\n", 0644);
	script("nonsense", "not a program\n", 0755);
	script("no-interpreter", "#!/missing/interpreter\n", 0755);
	script("no-\xff-interpreter", "#!", 0755);
	execve("missing", arguments, none);
	execve("./missing//./x", arguments, none);
	execve("not-executable", arguments, none);
	execve("nonsense", arguments, none);
	execve("no-interpreter", arguments, none);
	execve("no-\xff-interpreter", arguments, none);
	execve(".", arguments, none);
	execve("step/below", arguments, none);
	execve("", arguments, none);
	execve(BAD_POINTER, arguments, none);
	execve("./step", too_long, none);
	fd = open(".", O_RDONLY | O_DIRECTORY);
	execveat(fd, "missing", arguments, none, 0);
	execveat(fd, "missing-2", arguments, none, AT_SYMLINK_NOFOLLOW);
	execveat(1000, "step", arguments, none, 0);
	close(fd);
}

static void long_arguments(void)
{
	char *one = malloc(4501), *two = malloc(55001);
	char *long_ones[] = { "step", "exit", "0", one, "", two, "not \xff utf8", NULL };

	memset(one, 'a', 4500);
	one[4500] = 0;
	memset(two, 'b', 55000);
	two[55000] = 0;
	execve(STEP, long_ones, none);
}

static void run_script(void)
{
	execve("./script", (char *const[]){ "called", "5", "more", NULL }, none);
}

static void run_script_of_script(void)
{
	execve("script-2", arguments, none);
}

static void run_through_descriptor(void)
{
	int fd = open("step", O_RDONLY | O_CLOEXEC);

	execveat(fd, "", arguments, none, AT_EMPTY_PATH);
}

static void run_in_directory(void)
{
	int fd = open(".", O_PATH | O_CLOEXEC);

	must(mkdir("other-directory", 0755), "mkdir");
	go("other-directory");
	execveat(fd, "step", arguments, none, 0);
}

static void run_link(void)
{
	must(symlink("step", "step-link"), "symlink");
	execve("./step-link", arguments, none);
}

static void run_twice(void)
{
	execve("step", (char *const[]){ "step", "exec", "./step", "exit", "9", NULL }, none);
}

static void run_without_arguments(void)
{
	execve("step", none, none);
}

static void run_as_other(void)
{
	must(chown("set-uid", 12, 13), "chown");
	must(chmod("set-uid", 06755), "chmod");
	execve("set-uid", arguments, none);
}

static void run_legacy(void)
{
	execve(LEGACY, (char *const[]){ "legacy", NULL }, none);
}

static void copy_step(const char *path)
{
	int from = open("step", O_RDONLY), to = make(path, O_WRONLY | O_CREAT);

	while (copy_file_range(from, NULL, to, NULL, INT_MAX, 0) > 0)
		;
	close(from);
	close(to);
}

void programs(void)
{
	char text[4200], cwd[4096];

	in_child(failures);
	in_child(long_arguments);
	must((long)getcwd(cwd, sizeof(cwd)), "getcwd");
	snprintf(text, sizeof(text), "#!%s/step exit\n", cwd);
	script("script", text, 0755);
	snprintf(text, sizeof(text), "#! %s/script\nnothing", cwd);
	script("script-2", text, 0755);
	in_child(run_script);
	in_child(run_script_of_script);
	in_child(run_through_descriptor);
	in_child(run_in_directory);
	in_child(run_link);
	in_child(run_twice);
	in_child(run_without_arguments);
	copy_step("set-uid");
	in_child(run_as_other);
	in_child(run_legacy);
}
