/*
 * usage: client_openssl URL CA COUNT CONCURRENCY [ex]
 *
 * A thread for each connection; with `ex`, SSL_write_ex and SSL_read_ex. Linked statically and stripped by the test.
 */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LAST_SIZE (4 << 20)

static const size_t sizes[] = {1, 100, 1023, 8192, 16383, 16384, 16385, 65537, 262144, 1048577};

static SSL_CTX *context;
static struct sockaddr_in server = {.sin_family = AF_INET};
static const char *host;
static int count, concurrency, ex;

struct connection {
	SSL *ssl;
	/* Read and not yet used. */
	unsigned char buffer[40000];
	size_t start, end;
};

static void fail(const char *what)
{
	fprintf(stderr, "Cannot %s\n", what);
	exit(1);
}

static void write_all(struct connection *c, const void *bytes, size_t size)
{
	size_t written;

	if (ex) {
		if (!SSL_write_ex(c->ssl, bytes, size, &written) || written != size)
			fail("write");
	} else if (SSL_write(c->ssl, bytes, size) != (int)size) {
		fail("write");
	}
}

static unsigned char read_byte(struct connection *c)
{
	if (c->start == c->end) {
		c->start = 0;
		if (ex) {
			if (!SSL_read_ex(c->ssl, c->buffer, sizeof(c->buffer), &c->end))
				fail("read");
		} else {
			int size = SSL_read(c->ssl, c->buffer, sizeof(c->buffer));

			if (size <= 0)
				fail("read");
			c->end = size;
		}
	}
	return c->buffer[c->start++];
}

static const char *read_line(struct connection *c, char line[256])
{
	int at = 0;

	for (char byte = read_byte(c); byte != '\n'; byte = read_byte(c))
		if (byte != '\r' && at < 255)
			line[at++] = byte;
	line[at] = 0;
	return line;
}

/* The answer comes in chunks, as every streamed one of HTTP/1.1. */
static void expect(struct connection *c, const unsigned char *body, size_t size)
{
	char line[256];
	size_t at = 0, chunk;

	if (!strstr(read_line(c, line), " 200"))
		fail("ask: the status is not 200");
	while (*read_line(c, line))
		;
	while ((chunk = strtoul(read_line(c, line), NULL, 16)) > 0) {
		while (chunk--)
			if (at == size || read_byte(c) != body[at++])
				fail("use the answer: it is not what was sent");
		read_line(c, line);
	}
	read_line(c, line);
	if (at != size)
		fail("use the answer: it is too short");
}

static void *work(void *worker)
{
	struct connection *c = calloc(1, sizeof(*c));
	unsigned char *body = malloc(LAST_SIZE);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	char head[256];

	if (!c || !body || connect(fd, (struct sockaddr *)&server, sizeof(server)))
		fail("connect");
	c->ssl = SSL_new(context);
	if (!SSL_set_fd(c->ssl, fd) || SSL_connect(c->ssl) != 1)
		fail("connect with TLS");
	for (int i = (int)(long)worker; i < count; i += concurrency) {
		size_t size = i == count - 1 ? LAST_SIZE : sizes[i % 10];

		for (size_t j = 0; j < size; j++)
			body[j] = i * 131 + j * 31 + (j >> 8) * 7 + (j >> 16);
		write_all(c, head, snprintf(head, sizeof(head), "POST /echo/%d HTTP/1.1\r\nhost: %s\r\ncontent-length: %zu\r\n\r\n", i, host, size));
		write_all(c, body, size);
		expect(c, body, size);
	}
	SSL_shutdown(c->ssl);
	SSL_free(c->ssl);
	close(fd);
	free(body);
	free(c);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t threads[64];

	if (argc < 5 || sscanf(argv[1], "https://127.0.0.1:%hu", &server.sin_port) != 1)
		fail("start: usage: client_openssl https://127.0.0.1:PORT CA COUNT CONCURRENCY [ex]");
	host = argv[1] + strlen("https://");
	server.sin_port = htons(server.sin_port);
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	count = atoi(argv[3]);
	concurrency = atoi(argv[4]);
	ex = argc > 5;
	context = SSL_CTX_new(TLS_client_method());
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	if (!SSL_CTX_load_verify_locations(context, argv[2], NULL) || concurrency > 64)
		fail("use the authority");
	for (long worker = 0; worker < concurrency; worker++)
		pthread_create(&threads[worker], NULL, work, (void *)worker);
	for (int worker = 0; worker < concurrency; worker++)
		pthread_join(threads[worker], NULL);
	printf("ok %d\n", count);
	return 0;
}
