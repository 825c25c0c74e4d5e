/*
 * usage: asker https://127.0.0.1:PORT CAFILE   Each line on stdin is a prompt for a model, over a connection of its own.
 *
 * Linked with a static OpenSSL, with the system's, or (without `main`) as a library that exports `ask` alone.
 * SHIFT is code in front of everything else: two versions have their functions in different places.
 */
#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef SHIFT
__asm__(".section .text.startup,\"ax\"\n.fill 12345, 1, 0x90\n.text");
#endif

static void fail(const char *what)
{
	fprintf(stderr, "Cannot %s\n", what);
	exit(1);
}

/* The text of the answer; the same buffer every time. */
__attribute__((visibility("default"))) const char *ask(const char *url, const char *authority, const char *prompt)
{
	static char answer[4096], request[4096], body[2048];
	struct sockaddr_in server = {.sin_family = AF_INET};
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	int fd = socket(AF_INET, SOCK_STREAM, 0), size = 0, count;
	SSL *ssl;
	char *text;

	if (sscanf(url, "https://127.0.0.1:%hu", &server.sin_port) != 1)
		fail("read the URL");
	server.sin_port = htons(server.sin_port);
	server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	if (!SSL_CTX_load_verify_locations(context, authority, NULL))
		fail("use the authority");
	ssl = SSL_new(context);
	if (connect(fd, (struct sockaddr *)&server, sizeof(server)) || !SSL_set_fd(ssl, fd) || SSL_connect(ssl) != 1)
		fail("connect");
	snprintf(body, sizeof(body), "{\"model\":\"claude-sonnet-4-5\",\"max_tokens\":100,\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}]}", prompt);
	count = snprintf(request, sizeof(request),
			 "POST /v1/messages HTTP/1.1\r\nhost: model\r\ncontent-type: application/json\r\n"
			 "connection: close\r\ncontent-length: %zu\r\n\r\n%s", strlen(body), body);
	if (SSL_write(ssl, request, count) != count)
		fail("write");
	while ((count = SSL_read(ssl, answer + size, sizeof(answer) - 1 - size)) > 0)
		size += count;
	answer[size] = 0;
	SSL_shutdown(ssl);
	SSL_free(ssl);
	SSL_CTX_free(context);
	close(fd);
	text = strstr(answer, "\"text\":\"");
	if (!text)
		fail("find the answer's text");
	text += strlen("\"text\":\"");
	*strchr(text, '"') = 0;
	return text;
}

#ifndef LIBRARY
int main(int argc, char **argv)
{
	char line[256];

	/* Nothing to do: for tests of programs that end at once. */
	if (argc < 3)
		return 0;
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		puts(ask(argv[1], argv[2], line));
		fflush(stdout);
	}
	return 0;
}
#endif
