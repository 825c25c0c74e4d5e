/* Operations by 32-bit system calls. */
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include "legacy_call.h"

enum { EXIT = 1, READ = 3, WRITE = 4, OPEN = 5, CLOSE = 6, UNLINK = 10, CHMOD = 15, RENAME = 38, MKDIR = 39, RMDIR = 40,
       SYMLINK = 83, TRUNCATE = 92, SOCKETCALL = 102, FTRUNCATE64 = 194, CHOWN32 = 212, OPENAT = 295, MKDIRAT = 296,
       SOCKET = 359, CONNECT = 362 };
enum { SYS_SOCKET = 1, SYS_BIND, SYS_CONNECT, SYS_LISTEN };

static char buffer[64];
static struct sockaddr_in address = { .sin_family = AF_INET };
static uint32_t packed[3];

static int socketcall(int which, uint32_t a, uint32_t b, uint32_t c)
{
	packed[0] = a;
	packed[1] = b;
	packed[2] = c;
	return call(SOCKETCALL, which, at(packed), 0, 0);
}

int main(void)
{
	int fd;

	access("legacy-file", F_OK);
	fd = call(OPEN, at("legacy-file"), O_RDWR | O_CREAT, 0644, 0);
	call(WRITE, fd, at(buffer), 31, 0);
	call(FTRUNCATE64, fd, 20, 0, 0);
	call(CLOSE, fd, 0, 0, 0);
	fd = call(OPENAT, AT_FDCWD, at("./legacy-file"), O_RDONLY, 0);
	call(READ, fd, at(buffer), sizeof(buffer), 0);
	call(CLOSE, fd, 0, 0, 0);
	call(OPEN, at("legacy-missing"), O_RDONLY, 0, 0);
	call(CHMOD, at("legacy-file"), 0600, 0, 0);
	call(CHOWN32, at("legacy-file"), 1, 2, 0);
	call(TRUNCATE, at("legacy-file"), 9, 0, 0);
	call(SYMLINK, at("legacy-file"), at("legacy-link"), 0, 0);
	call(RENAME, at("legacy-file"), at("legacy-file-2"), 0, 0);
	call(UNLINK, at("legacy-file-2"), 0, 0, 0);
	call(UNLINK, at("legacy-file-2"), 0, 0, 0);
	call(MKDIR, at("legacy-directory"), 0700, 0, 0);
	call(MKDIRAT, AT_FDCWD, at("legacy-directory/below"), 0711, 0);
	call(RMDIR, at("legacy-directory"), 0, 0, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(1);
	fd = socketcall(SYS_SOCKET, AF_INET, SOCK_STREAM, 0);
	socketcall(SYS_CONNECT, fd, at(&address), sizeof(address));
	call(CLOSE, fd, 0, 0, 0);
	fd = call(SOCKET, AF_INET, SOCK_DGRAM, 0, 0);
	call(CONNECT, fd, at(&address), sizeof(address), 0);
	call(CLOSE, fd, 0, 0, 0);
	call(EXIT, 6, 0, 0, 0);
	return 0;
}
