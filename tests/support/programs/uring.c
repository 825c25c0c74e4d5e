/* Opens and reads a file through io_uring, by the system calls alone, and does as many no-ops: uring FILE TIMES */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int ring;
static unsigned *tail, *mask, *array;
static struct io_uring_sqe *entries;

static void submit(unsigned char opcode, int fd, void *address, unsigned length, unsigned flags)
{
	unsigned at = *tail & *mask;
	struct io_uring_sqe *entry = &entries[at];

	memset(entry, 0, sizeof(*entry));
	entry->opcode = opcode;
	entry->fd = fd;
	entry->addr = (unsigned long)address;
	entry->len = length;
	entry->open_flags = flags;
	array[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1) {
		perror("io_uring_enter");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	struct io_uring_params params = {};
	void *queue;
	int times = argc == 3 ? atoi(argv[2]) : 0;

	ring = syscall(SYS_io_uring_setup, 8, &params);
	if (ring < 0) {
		perror("io_uring_setup");
		return 2;
	}
	queue = mmap(NULL, params.sq_off.array + params.sq_entries * sizeof(unsigned), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	entries = mmap(NULL, params.sq_entries * sizeof(*entries), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
		       IORING_OFF_SQES);
	tail = (unsigned *)((char *)queue + params.sq_off.tail);
	mask = (unsigned *)((char *)queue + params.sq_off.ring_mask);
	array = (unsigned *)((char *)queue + params.sq_off.array);
	/* The completion queue has room for twice as many, and nobody reads it. */
	for (int i = 0; i < times; i++) {
		submit(IORING_OP_OPENAT, AT_FDCWD, argv[1], 0, O_RDONLY);
		submit(IORING_OP_NOP, -1, NULL, 0, 0);
	}
	return 0;
}
