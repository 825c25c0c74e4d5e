/* Shaped like BoringSSL's ssl_lib.cc where it matters: who reports which errors, who calls whom. */
typedef unsigned long size_t;
#define FILE_NAME "../vendor/boringssl/ssl/ssl_lib.cc"
#define PUT_ERROR(reason) ERR_put_error(16, 0, reason, FILE_NAME, __LINE__)
#define EXPORT __attribute__((noinline, visibility("default")))

struct ssl {
	int quic, client, state, shutdown;
	int (*do_handshake)(struct ssl *);
	int (*write)(struct ssl *, const void *, size_t);
	unsigned char *pending;
	size_t pending_size, offset;
};

volatile int last_error;
struct ssl only;

EXPORT void ERR_put_error(int library, int unused, int reason, const char *file, unsigned line)
{
	last_error = library ^ unused ^ reason ^ (int)line ^ file[0];
}

EXPORT int SSL_do_handshake(struct ssl *ssl)
{
	if (!ssl->do_handshake) {
		PUT_ERROR(134);
		return -1;
	}
	ssl->state++;
	return ssl->do_handshake(ssl);
}

EXPORT struct ssl *SSL_new(int *context)
{
	if (!context) {
		PUT_ERROR(185);
		return 0;
	}
	only.state = *context;
	return &only;
}

static __attribute__((noinline)) int ssl_read_impl(struct ssl *ssl)
{
	if (!ssl->do_handshake) {
		PUT_ERROR(226);
		return -1;
	}
	while (ssl->pending_size == 0) {
		int answer = SSL_do_handshake(ssl);
		if (answer < 0)
			return answer;
		if (answer == 0) {
			PUT_ERROR(215);
			return -1;
		}
		ssl->pending_size += (size_t)answer;
	}
	return 1;
}

static inline __attribute__((always_inline)) int peek(struct ssl *ssl, unsigned char *out, int num)
{
	if (ssl->quic) {
		PUT_ERROR(66);
		return -1;
	}
	int answer = ssl_read_impl(ssl);
	if (answer <= 0)
		return answer;
	if (num <= 0)
		return num;
	size_t count = ssl->pending_size < (size_t)num ? ssl->pending_size : (size_t)num;
	__builtin_memcpy(out, ssl->pending, 16);
	return (int)count;
}

EXPORT int SSL_read(struct ssl *ssl, unsigned char *out, int num)
{
	int answer = peek(ssl, out, num);
	if (answer <= 0)
		return answer;
	ssl->pending += answer;
	ssl->pending_size -= (size_t)answer;
	return answer;
}

EXPORT int SSL_write(struct ssl *ssl, const void *in, int num)
{
	if (ssl->quic) {
		PUT_ERROR(66);
		return -1;
	}
	if (!ssl->do_handshake) {
		PUT_ERROR(226);
		return -1;
	}
	if (ssl->state < 3) {
		int answer = SSL_do_handshake(ssl);
		if (answer < 0)
			return answer;
		if (answer == 0) {
			PUT_ERROR(215);
			return -1;
		}
	}
	if (num < 0) {
		PUT_ERROR(111);
		return -1;
	}
	return ssl->write(ssl, in, (size_t)num);
}

EXPORT int SSL_shutdown(struct ssl *ssl)
{
	if (!ssl->do_handshake) {
		PUT_ERROR(226);
		return -1;
	}
	if (ssl->shutdown) {
		PUT_ERROR(291);
		return -1;
	}
	return 0;
}

#ifdef TWO_WRITERS
EXPORT int SSL_write_again(struct ssl *ssl, const void *in, int num)
{
	if (ssl->quic) {
		PUT_ERROR(66);
		return -2;
	}
	if (!ssl->do_handshake) {
		PUT_ERROR(226);
		return -2;
	}
	if (SSL_do_handshake(ssl) == 0) {
		PUT_ERROR(215);
		return -2;
	}
	if (num < 0) {
		PUT_ERROR(111);
		return -2;
	}
	return ssl->write(ssl, in, (size_t)num + 1);
}
#endif

EXPORT int _start(struct ssl *ssl, unsigned char *buffer, int num)
{
	struct ssl *other = SSL_new(&num);
#ifdef TWO_WRITERS
	num += SSL_write_again(ssl, buffer, num);
#endif
	return SSL_write(ssl, buffer, num) + SSL_read(ssl, buffer, num) + SSL_shutdown(other);
}
