/* Bytes read and written, by every call that moves them. */
#include "conformance.h"
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

static char buffer[65536];

static void written(void)
{
	struct iovec two[2] = { { buffer, 100 }, { buffer, 23 } };
	int fd = make("traffic", O_RDWR | O_CREAT);

	write(fd, buffer, 1000);
	pwrite(fd, buffer, 17, 5000);
	writev(fd, two, 2);
	pwritev(fd, two, 2, 9000);
	pwritev2(fd, two, 1, 12000, 0);
	pwritev2(fd, two, 2, -1, RWF_APPEND);
	write(fd, buffer, 0);
	write(fd, BAD_POINTER, 5);
	close(fd);

	fd = look("traffic", O_RDONLY);
	read(fd, buffer, 300);
	pread(fd, buffer, 33, 0);
	readv(fd, two, 2);
	preadv(fd, two, 2, 10);
	preadv2(fd, two, 1, 0, 0);
	preadv2(fd, two, 2, -1, 0);
	read(fd, buffer, sizeof(buffer));
	read(fd, buffer, sizeof(buffer));
	read(fd, BAD_POINTER, 10);
	write(fd, buffer, 10);
	close(fd);

	fd = look("traffic", O_WRONLY | O_APPEND);
	write(fd, buffer, 64);
	read(fd, buffer, 64);
	close(fd);
}

/* The first write after a read of the same open file is an event of its own. */
static void read_then_written(void)
{
	int fd = look("traffic", O_RDWR);

	read(fd, buffer, 50);
	write(fd, buffer, 60);
	write(fd, buffer, 70);
	read(fd, buffer, 80);
	write(fd, buffer, 90);
	close(fd);
}

static void written_then_read(void)
{
	int fd = make("changed", O_RDWR | O_CREAT);

	write(fd, buffer, 500);
	pread(fd, buffer, 40, 0);
	write(fd, buffer, 50);
	pread(fd, buffer, 60, 0);
	write(fd, buffer, 70);
	close(fd);
}

static void moved(void)
{
	int from = look("traffic", O_RDONLY), to = make("copy", O_RDWR | O_CREAT), ends[2];
	off_t at = 0;

	sendfile(to, from, NULL, 111);
	sendfile(to, from, &at, 222);
	copy_file_range(from, NULL, to, NULL, 333, 0);
	copy_file_range(from, &at, to, NULL, 44, 0);
	must(pipe(ends), "pipe");
	splice(from, NULL, ends[1], NULL, 55, 0);
	splice(ends[0], NULL, to, NULL, 55, 0);
	sendfile(ends[1], from, NULL, 66);
	read(ends[0], buffer, 66);
	copy_file_range(from, NULL, from, NULL, 10, 0);
	sendfile(from, to, NULL, 10);
	close(ends[0]);
	close(ends[1]);
	close(from);
	close(to);
}

static void others(void)
{
	int fd = look("/dev/null", O_RDWR), directory = look(".", O_RDONLY), ends[2];

	write(fd, buffer, 500);
	read(fd, buffer, 500);
	close(fd);
	fd = look("/dev/zero", O_RDONLY);
	read(fd, buffer, 600);
	close(fd);
	read(directory, buffer, 10);
	close(directory);
	must(pipe2(ends, O_CLOEXEC), "pipe2");
	write(ends[1], buffer, 700);
	read(ends[0], buffer, sizeof(buffer));
	close(ends[1]);
	read(ends[0], buffer, 1);
	close(ends[0]);
	read(-1, buffer, 1);
	write(1000, buffer, 1);
}

void traffic(void)
{
	written();
	read_then_written();
	written_then_read();
	moved();
	others();
}
