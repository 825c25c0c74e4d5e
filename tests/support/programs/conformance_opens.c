/* Files opened: every call for it, every kind of name, every kind of file, and the errors. */
#include "conformance.h"
#include <linux/openat2.h>
#include <sys/ioctl.h>

static void errors(void)
{
	char long_name[300], long_path[5000];

	open("missing", O_RDONLY);
	open("missing/below", O_RDWR);
	open("plain/below", O_RDONLY);
	open("plain", O_WRONLY | O_CREAT | O_EXCL, 0600);
	open("directory", O_WRONLY);
	open("plain", O_RDONLY | O_DIRECTORY);
	open("loop", O_RDONLY);
	open("link", O_RDONLY | O_NOFOLLOW);
	memset(long_name, 'n', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = 0;
	open(long_name, O_RDONLY);
	memset(long_path, '/', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = 0;
	open(long_path, O_RDONLY);
	open(BAD_POINTER, O_RDONLY);
	open("", O_RDONLY);
	openat(1000, "plain", O_RDONLY);
	openat(-1, "plain", O_RDONLY);
	RAW(open, "gone", O_RDONLY, 0);
	RAW(creat, "directory", 0600);
}

static void as_nobody(void)
{
	must(setuid(NOBODY), "setuid");
	open("secret", O_RDONLY);
	open("secret", O_RDWR);
	open("directory/mine", O_WRONLY | O_CREAT, 0600);
	unlink("plain");
	mkdir("directory/mine", 0700);
}

static void open_how(const char *path, __u64 flags, __u64 resolve)
{
	struct open_how how = { .flags = flags, .resolve = resolve };
	int fd;

	if (flags & O_CREAT) {
		access(path, F_OK);
		how.mode = 0640;
	}
	fd = RAW(openat2, AT_FDCWD, path, &how, sizeof(how));
	if (fd >= 0)
		close(fd);
}

static void by_name(void)
{
	char name[256], path[4096];
	size_t length;
	int directory;

	close(look("./plain", O_RDONLY));
	close(look(".//directory/.././/plain", O_RDONLY));
	close(look("link", O_RDONLY));
	close(look("directory-link/inside", O_RDONLY));
	close(look("directory-link/../plain", O_RDONLY));
	open("directory-link/../missing", O_RDONLY);
	open("./directory//./missing", O_RDONLY);
	open("directory/.", O_RDWR);
	open("directory/..", O_RDWR);
	open("missing/", O_RDONLY);
	open("/missing//./x/../y/.", O_RDONLY);
	open("../missing-above", O_RDONLY);
	open("..missing", O_RDONLY);
	open("directory/...", O_RDONLY);
	go("directory");
	close(look("../plain", O_RDONLY));
	touch("here");
	open("../../missing", O_RDONLY);
	go("../directory-link");
	close(look("inside", O_RDONLY));
	open("missing", O_RDONLY);
	go("..");
	directory = look("directory", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(must(openat(directory, "inside", O_RDONLY), "openat"));
	openat(directory, "missing", O_RDONLY);
	openat(directory, "../missing", O_RDONLY);
	openat(directory, "/missing", O_RDONLY);
	openat(directory, "./", O_RDWR);
	must(fchdir(directory), "fchdir");
	close(look("inside", O_RDONLY));
	open("missing", O_RDONLY);
	go("..");
	close(directory);

	memset(name, 'n', 255);
	name[255] = 0;
	touch(name);
	touch("not-\xff-utf8");
	open("not-\xc3\x28-there", O_RDONLY);
	touch("na\xc3\xafve \xe2\x9c\x94 \n\t\"quoted\" <odd> (deleted)");
	touch("\xef\xbb\xbf" "mark");
	touch("ends in \xe2\x9c");
	mkdir("d\xfe", 0755);
	touch("d\xfe/leaf");
	open("d\xfe/missing", O_RDONLY);
	/* The longest path that can be named. */
	must((long)getcwd(path, sizeof(path)), "getcwd");
	for (length = strlen(path); length + 201 < 4090; length += 201) {
		path[length] = '/';
		memset(path + length + 1, 'p', 200);
		path[length + 201] = 0;
		must(mkdir(path, 0755), "mkdir");
	}
	path[length] = '/';
	memset(path + length + 1, 'q', 4095 - length - 1);
	path[4095] = 0;
	touch(path);
	path[4094] = 'r';
	open(path, O_RDONLY);
}

static void kinds(void)
{
	char slave[64];
	int master, unlocked = 0, number, fd;

	close(look("/dev/null", O_RDWR));
	close(look("/dev/zero", O_RDONLY));
	close(look("/proc/self/status", O_RDONLY));
	close(look("/proc/self/ns/uts", O_RDONLY));
	close(look("directory", O_RDONLY));
	master = look("/dev/ptmx", O_RDWR | O_NOCTTY);
	must(ioctl(master, TIOCSPTLCK, &unlocked), "unlock");
	must(ioctl(master, TIOCGPTN, &number), "number");
	snprintf(slave, sizeof(slave), "/dev/pts/%d", number);
	fd = look(slave, O_RDWR | O_NOCTTY);
	fill(fd, 11);
	must(read(master, slave, sizeof(slave)), "read");
	close(fd);
	close(master);
	must(mkfifo("fifo", 0600), "mkfifo");
	fd = look("fifo", O_RDWR);
	fill(fd, 12);
	must(read(fd, slave, 12), "read");
	close(fd);
	fd = look("plain", O_PATH);
	close(fd);
	close(look("link", O_PATH | O_NOFOLLOW));
	fd = open("directory", O_TMPFILE | O_RDWR, 0600);
	if (fd >= 0) {
		fill(fd, 13);
		close(fd);
	}
	fd = look("plain", O_RDONLY);
	snprintf(slave, sizeof(slave), "/proc/self/fd/%d", fd);
	close(look(slave, O_RDONLY));
	close(fd);
}

void opens(void)
{
	char some[64];
	int fd;

	must(mkdir("directory", 0755), "mkdir");
	touch("plain");
	touch("directory/inside");
	must(symlink("plain", "link"), "symlink");
	must(symlink("directory", "directory-link"), "symlink");
	must(symlink("loop", "loop"), "symlink");
	close(make("secret", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW));
	must(chmod("secret", 0600), "chmod");
	close(make("plain", O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK));
	close(make("exclusive", O_RDWR | O_CREAT | O_EXCL | O_SYNC));
	close(open("plain", O_WRONLY | O_DSYNC | O_NOATIME | O_NOCTTY));
	access("raw", F_OK);
	fd = must(RAW(open, "raw", O_WRONLY | O_CREAT, 0600), "open");
	close(fd);
	access("created", F_OK);
	close(must(RAW(creat, "created", 0600), "creat"));
	access("created", F_OK);
	close(must(RAW(creat, "created", 0600), "creat"));
	open_how("plain", O_RDONLY | O_CLOEXEC, 0);
	open_how("how", O_RDWR | O_CREAT, 0);
	open_how("link", O_RDONLY, RESOLVE_NO_SYMLINKS);
	open_how("../plain", O_RDONLY, RESOLVE_BENEATH);
	open_how("missing", O_WRONLY, 0);
	by_name();
	kinds();
	for (int i = 0; i < 30; i++) {
		fd = open("plain", O_RDONLY);
		read(fd, some, 0);
		close(fd);
		fd = open("/dev/zero", O_RDONLY);
		read(fd, some, 1 + i);
		close(fd);
		open("missing-again", O_RDONLY);
	}
	errors();
	in_child(as_nobody);
}
