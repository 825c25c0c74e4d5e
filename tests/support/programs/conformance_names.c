/* What is done to names: given, changed, taken away. */
#include "conformance.h"
#include <linux/fs.h>
#include <sys/sysmacros.h>

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#endif

static void made(int directory)
{
	mkdir("made", 0750);
	mkdir("made", 0700);
	mkdir("missing/made", 0700);
	RAW(mkdir, "made/raw", 01777);
	mkdirat(directory, "made", 0711);
	mkdirat(directory, "./made//", 0700);
	mkdirat(1000, "made", 0700);
	mkdir("made/../odd\xff", 0700);
	mkdir(BAD_POINTER, 0700);
	mknod("node", S_IFREG | 0640, 0);
	mknod("node", S_IFREG | 0600, 0);
	RAW(mknod, "pipe", S_IFIFO | 0620, 0);
	mknodat(directory, "pipe", S_IFIFO | 0600, 0);
	mknod("null", S_IFCHR | 0666, makedev(1, 3));
	mknod("missing/node", S_IFIFO | 0600, 0);
}

static void linked(int directory)
{
	link("node", "node-2");
	link("node", "node-2");
	link("missing", "node-3");
	RAW(link, "node", "made/node");
	linkat(AT_FDCWD, "node", directory, "node", 0);
	linkat(directory, "node", AT_FDCWD, "/missing/node", 0);
	symlink("to what\xff ever", "symbolic");
	symlink("again", "symbolic");
	RAW(symlink, "../node", "made/symbolic");
	symlinkat("/absolute/target", directory, "symbolic");
	symlinkat("target", directory, "missing/symbolic");
	linkat(AT_FDCWD, "symbolic", AT_FDCWD, "symbolic-2", 0);
}

static void renamed(int directory)
{
	rename("node-2", "node-3");
	rename("missing", "node-4");
	RAW(rename, "node-3", "./made/../node-4");
	renameat(directory, "node", AT_FDCWD, "node-5");
	RAW(renameat, AT_FDCWD, "node-5", directory, "node");
	RAW(renameat2, AT_FDCWD, "node", directory, "node", RENAME_NOREPLACE);
	RAW(renameat2, AT_FDCWD, "node", directory, "node", RENAME_EXCHANGE);
	RAW(renameat2, AT_FDCWD, "node", AT_FDCWD, "missing", RENAME_EXCHANGE);
	RAW(renameat2, AT_FDCWD, "node-4", AT_FDCWD, "node\xfe", RENAME_NOREPLACE);
	rename("made", "made/below");
	rename("node", "made");
	rename("symbolic", "symbolic-3");
	rename(BAD_POINTER, "x");
}

static void removed(int directory)
{
	unlink("node\xfe");
	unlink("missing");
	unlink("made");
	unlink("null");
	RAW(unlink, "pipe");
	unlinkat(directory, "node", 0);
	unlinkat(directory, "node", 0);
	unlinkat(directory, "made", 0);
	unlinkat(directory, "made", AT_REMOVEDIR);
	unlinkat(AT_FDCWD, "./made/node", 0);
	unlink("symbolic-2");
	unlink(BAD_POINTER);
	rmdir("made");
	rmdir("made/raw");
	RAW(rmdir, "missing");
	rmdir("node");
	rmdir(".");
	remove("odd\xff");
	unlinkat(1000, "x", AT_REMOVEDIR);
}

void names(void)
{
	int directory;

	must(mkdir("names", 0755), "mkdir");
	go("names");
	must(mkdir("base", 0755), "mkdir");
	directory = look("base", O_RDONLY | O_DIRECTORY);
	made(directory);
	linked(directory);
	renamed(directory);
	removed(directory);
	close(directory);
	go("..");
}
