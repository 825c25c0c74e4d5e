/*
 * TLS 1.3 with itself through memory. Each line on stdin is a number of rounds; the answer is the mean processor time of a
 * library call in ns. A round is four calls of 64 bytes: SSL_write and SSL_read, on either end.
 */
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SIZE 64

static void check(int ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "tls_loop: %s failed\n", what);
		exit(1);
	}
}

static SSL_CTX *server_context(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();

	X509_gmtime_adj(X509_getm_notBefore(cert), 0);
	X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
	X509_set_pubkey(cert, key);
	check(X509_sign(cert, key, EVP_sha256()) > 0, "X509_sign");
	check(SSL_CTX_use_certificate(ctx, cert) == 1 && SSL_CTX_use_PrivateKey(ctx, key) == 1, "certificate");
	return ctx;
}

static void pass(SSL *from, SSL *to)
{
	char bytes[SIZE];

	check(SSL_write(from, "POST / HTTP/1.1\r\nhost: bench\r\ncontent-length: 4\r\n\r\nping--------", SIZE) == SIZE, "write");
	check(SSL_read(to, bytes, SIZE) == SIZE, "read");
}

int main(void)
{
	SSL *server = SSL_new(server_context()), *client = SSL_new(SSL_CTX_new(TLS_client_method()));
	BIO *a, *b;
	char line[32];

	BIO_new_bio_pair(&a, 1 << 17, &b, 1 << 17);
	SSL_set_bio(server, a, a);
	SSL_set_bio(client, b, b);
	SSL_set_accept_state(server);
	SSL_set_connect_state(client);
	for (int i = 0; i < 4; i++) {
		SSL_do_handshake(client);
		SSL_do_handshake(server);
	}
	pass(client, server);
	pass(server, client);
	puts("ready");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		long rounds = atol(line);
		struct timespec from, to;

		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
		for (long i = 0; i < rounds; i++) {
			pass(client, server);
			pass(server, client);
		}
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
		printf("%.1f\n", ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / (4.0 * rounds));
		fflush(stdout);
	}
	return 0;
}
