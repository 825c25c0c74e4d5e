/*
 * usage: userfault PORT missing|dropped|evicted
 *
 * Writes a request to 127.0.0.1:PORT over TLS from a page of its own making. "missing": the page comes when the program
 * is told so, and is not there at the call. "dropped": it is there, and gone before the call returns: only an observer
 * misses it. "evicted": so too, but it is one of a file, which the kernel brings in again.
 *
 * Says "ready"; after a line on stdin writes; says "fault" when somebody waits for the page; after another line the
 * page comes; says "answered" and ends.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096
#define REQUEST "GET /late HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n"

static int faults;
static char *page;

static void fail(const char *what)
{
	fprintf(stderr, "Cannot ");
	perror(what);
	exit(1);
}

static void say(const char *word)
{
	puts(word);
	fflush(stdout);
}

static void wait_for_line(void)
{
	char byte = 0;

	while (byte != '\n')
		if (read(0, &byte, 1) != 1)
			fail("read a line");
}

static void serve_page(void)
{
	static char content[PAGE] __attribute__((aligned(PAGE))) = REQUEST;
	struct uffdio_copy copy = {.dst = (unsigned long)page, .src = (unsigned long)content, .len = PAGE};

	if (ioctl(faults, UFFDIO_COPY, &copy))
		fail("fill the page");
}

static void *serve(void *unused)
{
	struct uffd_msg message;

	if (read(faults, &message, sizeof(message)) != sizeof(message))
		fail("read a fault");
	say("fault");
	wait_for_line();
	serve_page();
	return unused;
}

/* The request is encrypted, and its bytes are on their way: nobody but an observer looks at the page again. */
static long drop_page(BIO *bio, int operation, const char *bytes, size_t size, int argi, long argl, int result, size_t *done)
{
	(void)bio, (void)bytes, (void)size, (void)argi, (void)argl, (void)done;
	if (operation == BIO_CB_WRITE && madvise(page, PAGE, MADV_DONTNEED))
		fail("drop the page");
	return result;
}

/* /dev/userfaultfd is from Linux 6.1 on. Faults of the kernel are the point, and need root. */
static int new_userfaultfd(void)
{
	int device = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);

	return device >= 0 ? ioctl(device, USERFAULTFD_IOC_NEW, O_CLOEXEC) : (int)syscall(SYS_userfaultfd, O_CLOEXEC);
}

static void make_page(void)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register range = {.range.len = PAGE, .mode = UFFDIO_REGISTER_MODE_MISSING};

	faults = new_userfaultfd();
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	range.range.start = (unsigned long)page;
	if (faults < 0 || ioctl(faults, UFFDIO_API, &api) || ioctl(faults, UFFDIO_REGISTER, &range))
		fail("use userfaultfd");
}

static void map_page(void)
{
	FILE *file = tmpfile();

	if (!file || fputs(REQUEST, file) < 0 || fflush(file))
		fail("write a file");
	page = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fileno(file), 0);
}

int main(int argc, char **argv)
{
	struct sockaddr_in server = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	SSL *ssl = SSL_new(SSL_CTX_new(TLS_client_method()));
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	const char *how = argc == 3 ? argv[2] : "";
	pthread_t thread;
	char answer[PAGE];

	if (argc != 3)
		return 2;
	server.sin_port = htons(atoi(argv[1]));
	if (strcmp(how, "evicted"))
		make_page();
	else
		map_page();
	if (connect(fd, (struct sockaddr *)&server, sizeof(server)) || !SSL_set_fd(ssl, fd) || SSL_connect(ssl) != 1)
		fail("connect");
	if (!strcmp(how, "dropped"))
		serve_page();
	if (strcmp(how, "missing"))
		BIO_set_callback_ex(SSL_get_wbio(ssl), drop_page);
	say("ready");
	wait_for_line();
	if (strcmp(how, "evicted"))
		pthread_create(&thread, NULL, serve, NULL);
	if (SSL_write(ssl, page, strlen(REQUEST)) != (int)strlen(REQUEST))
		fail("write");
	while (SSL_read(ssl, answer, sizeof(answer)) > 0)
		;
	say("answered");
	return 0;
}
