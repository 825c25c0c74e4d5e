/* Shaped like OpenSSL's ssl_lib.c where it matters: 1.1 with VERSION 11, 3.0 with 30, 3.3 and later with 33. */
typedef unsigned long size_t;
#define FILE_NAME "../ssl/ssl_lib.c"
#define EXPORT __attribute__((noinline, visibility("default")))

volatile int last_error;

#if VERSION == 11
EXPORT void ERR_put_error(int library, int function, int reason, const char *file, int line)
{
	last_error = library ^ function ^ reason ^ file[0] ^ line;
}
#define RAISE(number, reason) ERR_put_error(20, number, reason, FILE_NAME, __LINE__)
#else
EXPORT void ERR_new(void)
{
	last_error = 1;
}
EXPORT void ERR_set_debug(const char *file, int line, const char *function)
{
	last_error = file[0] ^ line ^ function[0];
}
EXPORT void ERR_set_error(int library, int reason, const char *format)
{
	last_error = library ^ reason ^ (format != 0);
}
#define RAISE(number, reason) (ERR_new(), ERR_set_debug(FILE_NAME, __LINE__, __func__), ERR_set_error(20, reason, 0))
#endif

struct ssl {
	int (*handshake)(struct ssl *);
	const struct method *method;
	int shutdown, state;
};
struct method {
	int (*read)(struct ssl *, void *, size_t, size_t *);
	int (*write)(struct ssl *, const void *, size_t, size_t *);
};
struct ssl only;

EXPORT int ssl_read_internal(struct ssl *s, void *buf, size_t num, size_t *done)
{
	if (!s->handshake) {
		RAISE(523, 276);
		return -1;
	}
	if (s->shutdown & 2) {
		s->state = 1;
		return 0;
	}
	if (s->state == 7) {
		RAISE(523, 66);
		return 0;
	}
	return s->method->read(s, buf, num, done);
}

EXPORT int SSL_read(struct ssl *s, void *buf, int num)
{
	size_t done;
	if (num < 0) {
		RAISE(223, 271);
		return -1;
	}
	int answer = ssl_read_internal(s, buf, (size_t)num, &done);
	return answer > 0 ? (int)done : answer;
}

EXPORT int SSL_read_ex(struct ssl *s, void *buf, size_t num, size_t *done)
{
	int answer = ssl_read_internal(s, buf, num, done);
	return answer < 0 ? 0 : answer;
}

EXPORT int SSL_read_early_data(struct ssl *s, void *buf, size_t num, size_t *done)
{
	if (s->state == 9) {
		RAISE(529, 66);
		return 0;
	}
	return SSL_read_ex(s, buf, num, done);
}

#if VERSION >= 33
#define FLAGS unsigned long flags,
#define NO_FLAGS 0,
#else
#define FLAGS
#define NO_FLAGS
#endif

EXPORT int ssl_write_internal(struct ssl *s, const void *buf, size_t num, FLAGS size_t *done)
{
	if (!s->handshake) {
		RAISE(524, 276);
		return -1;
	}
	if (s->shutdown & 1) {
		s->state = 1;
		RAISE(524, 207);
		return -1;
	}
#if VERSION >= 33
	if (flags) {
		RAISE(524, 66);
		return -1;
	}
#endif
	return s->method->write(s, buf, num, done);
}

EXPORT int SSL_write(struct ssl *s, const void *buf, int num)
{
	size_t done;
	if (num < 0) {
		RAISE(208, 271);
		return -1;
	}
	int answer = ssl_write_internal(s, buf, (size_t)num, NO_FLAGS &done);
	return answer > 0 ? (int)done : answer;
}

#if VERSION >= 33
EXPORT int SSL_write_ex2(struct ssl *s, const void *buf, size_t num, FLAGS size_t *done)
{
	int answer = ssl_write_internal(s, buf, num, flags, done);
	return answer < 0 ? 0 : answer;
}
EXPORT int SSL_write_ex(struct ssl *s, const void *buf, size_t num, size_t *done)
{
	return SSL_write_ex2(s, buf, num, 0, done);
}
#else
EXPORT int SSL_write_ex(struct ssl *s, const void *buf, size_t num, size_t *done)
{
	int answer = ssl_write_internal(s, buf, num, done);
	return answer < 0 ? 0 : answer;
}
#endif

EXPORT int SSL_do_handshake(struct ssl *s)
{
	if (!s->handshake) {
		RAISE(180, 144);
		return -1;
	}
	return s->handshake(s);
}

EXPORT struct ssl *SSL_new(int *context)
{
	if (!context) {
		RAISE(186, 195);
		return 0;
	}
	only.state = *context;
	return &only;
}

EXPORT int SSL_renegotiate(struct ssl *s)
{
	if (s->state == 4) {
		RAISE(516, 266);
		return 0;
	}
	return SSL_do_handshake(s);
}

EXPORT int _start(struct ssl *s, void *buf, size_t num, size_t *done)
{
	return SSL_write(SSL_new(0), buf, (int)num) + SSL_read(s, buf, (int)num) + SSL_write_ex(s, buf, num, done) +
	       SSL_read_early_data(s, buf, num, done) + SSL_renegotiate(s);
}
