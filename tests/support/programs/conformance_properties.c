/* What is done to what files have: length, mode, owner, attributes; and mappings. */
#include "conformance.h"
#include <sys/mman.h>
#include <sys/xattr.h>

static void lengths(int fd)
{
	truncate("file", 5000);
	truncate("missing", 1);
	truncate("link", 300);
	truncate("file", 5000000000);
	ftruncate(fd, 77);
	ftruncate(-1, 1);
	ftruncate(fd, -1);
	truncate("/missing/./x", 0);
}

static void modes(int fd, int directory)
{
	chmod("file", 0640);
	chmod("missing", 0600);
	RAW(chmod, "link", 04755);
	fchmod(fd, 0604);
	fchmod(-1, 0600);
	fchmodat(directory, "file", 0611, 0);
	fchmodat(directory, "../missing", 0611, 0);
}

static void owners(int fd, int directory)
{
	chown("file", 1, 2);
	chown("missing", 1, 2);
	RAW(chown, "file", -1, 3);
	RAW(lchown, "link", 4, -1);
	fchown(fd, 5, 6);
	fchown(-1, 5, 6);
	fchownat(directory, "file", 7, 8, AT_SYMLINK_NOFOLLOW);
	fchownat(fd, "", 9, 10, AT_EMPTY_PATH);
	fchownat(directory, "missing", 7, 8, 0);
	chown("file", 0, 0);
}

static void attributes(int fd)
{
	setxattr("file", "user.one", "value", 5, 0);
	setxattr("file", "user.one", "value", 5, XATTR_CREATE);
	setxattr("missing", "user.one", "value", 5, 0);
	lsetxattr("link", "user.two", "value", 5, 0);
	lsetxattr("file", "user.two", "", 0, 0);
	fsetxattr(fd, "user.three", "value", 5, 0);
	fsetxattr(-1, "user.three", "value", 5, 0);
	setxattr("file", "nonsense", "value", 5, 0);
	removexattr("file", "user.one");
	removexattr("file", "user.one");
	lremovexattr("file", "user.two");
	fremovexattr(fd, "user.three");
	fremovexattr(fd, "user.four");
}

void properties(void)
{
	int fd, directory;

	must(mkdir("properties", 0755), "mkdir");
	go("properties");
	must(mkdir("base", 0755), "mkdir");
	touch("base/file");
	must(symlink("file", "link"), "symlink");
	fd = make("file", O_RDWR | O_CREAT);
	directory = look("base", O_PATH | O_DIRECTORY);
	lengths(fd);
	modes(fd, directory);
	owners(fd, directory);
	attributes(fd);
	close(directory);
	close(fd);
	go("..");
}

static void *map(int protection, int flags, int fd)
{
	return mmap(NULL, 8192, protection, flags, fd, 0);
}

void mappings(void)
{
	int fd = make("writable-map", O_RDWR | O_CREAT), readable, memory;
	char *page;

	fill(fd, 8192);
	readable = look("writable-map", O_RDONLY);
	map(PROT_READ | PROT_WRITE, MAP_SHARED, fd);
	map(PROT_WRITE, MAP_SHARED_VALIDATE, fd);
	map(PROT_READ | PROT_WRITE, MAP_SHARED, readable);
	map(PROT_READ | PROT_WRITE, MAP_PRIVATE, readable);
	map(PROT_READ, MAP_SHARED, readable);
	map(PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);

	map(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED | MAP_ANONYMOUS, -1);
	map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, readable);
	map(PROT_READ | PROT_EXEC, MAP_PRIVATE, readable);
	mmap(NULL, 0, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	page = map(PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	mprotect(page, 4096, PROT_READ | PROT_EXEC);
	mprotect(page + 4096, 4096, PROT_READ | PROT_WRITE | PROT_EXEC);
	mprotect(page, 4096, PROT_READ);
	page = map(PROT_READ, MAP_PRIVATE, readable);
	mprotect(page, 4096, PROT_READ | PROT_EXEC);
	page = map(PROT_READ | PROT_WRITE, MAP_PRIVATE, readable);
	*page = 1;
	mprotect(page, 4096, PROT_READ | PROT_EXEC);
	close(readable);
	close(fd);

	memory = must(memfd_create("in memory \xff", MFD_CLOEXEC), "memfd");
	fill(memory, 8192);
	map(PROT_READ | PROT_EXEC, MAP_PRIVATE, memory);
	map(PROT_READ | PROT_EXEC, MAP_SHARED, memory);
	close(memory);
	memfd_create("flags", 0x8000);
	memfd_create(BAD_POINTER, 0);
}
