/* Shaped like aws-lc's aead.c where it matters: which errors, how many arguments, what is handed on. */
typedef unsigned long size_t;
typedef unsigned char u8;
#define FILE_NAME "/aws-lc/crypto/fipsmodule/cipher/aead.c"
#define PUT_ERROR(reason) ERR_put_error(30, 0, reason, FILE_NAME, __LINE__)
#define EXPORT __attribute__((noinline, visibility("default")))

struct aead {
	size_t overhead;
	int (*open_gather)(void *, u8 *, const u8 *, size_t, const u8 *, size_t, const u8 *, size_t, const u8 *, size_t);
	int (*seal_scatter)(void *, u8 *, u8 *, size_t *, size_t, const u8 *, size_t, const u8 *, size_t, const u8 *,
			    size_t, const u8 *, size_t);
};
struct context {
	const struct aead *aead;
	u8 tag_length;
};

volatile int last_error;

EXPORT void ERR_put_error(int library, int unused, int reason, const char *file, unsigned line)
{
	last_error = library ^ unused ^ reason ^ (int)line ^ file[0];
}

EXPORT void clear(volatile u8 *out, size_t size)
{
	while (size--)
		*out++ = 0;
}

#ifdef INLINE_GATHER
#define GATHER static inline __attribute__((always_inline))
#else
#define GATHER EXPORT
#endif

EXPORT int EVP_AEAD_CTX_init(struct context *context, const struct aead *aead, size_t key, size_t expected)
{
	context->aead = aead;
	if (!aead) {
		PUT_ERROR(124);
		return 0;
	}
	if (key != expected) {
		PUT_ERROR(120);
		return 0;
	}
	return 1;
}

EXPORT int EVP_AEAD_CTX_seal(struct context *context, u8 *out, size_t *out_len, size_t max, const u8 *nonce,
			     size_t nonce_len, const u8 *in, size_t in_len, const u8 *ad, size_t ad_len)
{
	size_t tag;
	if (in_len + context->aead->overhead < in_len) {
		PUT_ERROR(117);
		goto error;
	}
	if (max < in_len) {
		PUT_ERROR(103);
		goto error;
	}
	if (in + in_len > out && out + in_len > in && in != out) {
		PUT_ERROR(115);
		goto error;
	}
	if (context->aead->seal_scatter(context, out, out + in_len, &tag, max - in_len, nonce, nonce_len, in, in_len, 0,
					0, ad, ad_len)) {
		*out_len = in_len + tag;
		return 1;
	}
error:
	clear(out, max);
	*out_len = 0;
	return 0;
}

EXPORT int EVP_AEAD_CTX_seal_scatter(struct context *context, u8 *out, u8 *tag, size_t *tag_len, size_t max,
				     const u8 *nonce, size_t nonce_len, const u8 *in, size_t in_len, const u8 *extra,
				     size_t extra_len, const u8 *ad, size_t ad_len)
{
	if (in + in_len > out && out + in_len > in && in != out) {
		PUT_ERROR(115);
		goto error;
	}
	if (extra_len && context->tag_length == 0) {
		PUT_ERROR(112);
		goto error;
	}
	if (context->aead->seal_scatter(context, out, tag, tag_len, max, nonce, nonce_len, in, in_len, extra, extra_len,
					ad, ad_len))
		return 1;
error:
	clear(out, in_len);
	clear(tag, max);
	*tag_len = 0;
	return 0;
}

GATHER int EVP_AEAD_CTX_open_gather(struct context *context, u8 *out, const u8 *nonce, size_t nonce_len, const u8 *in,
				    size_t in_len, const u8 *tag, size_t tag_len, const u8 *ad, size_t ad_len)
{
	if (in + in_len > out && out + in_len > in && in != out) {
		PUT_ERROR(115);
		goto error;
	}
	if (!context->aead->open_gather) {
		PUT_ERROR(104);
		goto error;
	}
	if (context->aead->open_gather(context, out, nonce, nonce_len, in, in_len, tag, tag_len, ad, ad_len))
		return 1;
error:
	clear(out, in_len);
	return 0;
}

EXPORT int EVP_AEAD_CTX_open(struct context *context, u8 *out, size_t *out_len, size_t max, const u8 *nonce,
			     size_t nonce_len, const u8 *in, size_t in_len, const u8 *ad, size_t ad_len)
{
	if (in + in_len > out && out + in_len > in && in != out) {
		PUT_ERROR(115);
		goto error;
	}
	if (in_len < context->tag_length) {
		PUT_ERROR(101);
		goto error;
	}
	size_t plain = in_len - context->tag_length;
	if (max < plain) {
		PUT_ERROR(103);
		goto error;
	}
	if (EVP_AEAD_CTX_open_gather(context, out, nonce, nonce_len, in, plain, in + plain, context->tag_length, ad,
				     ad_len)) {
		*out_len = plain;
		return 1;
	}
error:
	clear(out, max);
	*out_len = 0;
	return 0;
}

EXPORT int _start(struct context *context, u8 *out, size_t *len, size_t max, const u8 *in)
{
	return EVP_AEAD_CTX_init(context, context->aead, max, *len) +
	       EVP_AEAD_CTX_seal(context, out, len, max, in, max, in, max, in, max) +
	       EVP_AEAD_CTX_seal_scatter(context, out, out, len, max, in, max, in, max, in, max, in, max) +
	       EVP_AEAD_CTX_open(context, out, len, max, in, max, in, max, in, max);
}
