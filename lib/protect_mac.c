/* protect_mac.c - GenericStreamCipher and GenericBlockCipher: RFC 5246 6.2.3.1
 * and 6.2.3.2, RFC 7366. */

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "protect_state.h"
#include "registry.h"

static int
make_mac(struct protection *p, uint8_t type, struct bytes b, uint8_t *out)
{
	uint8_t header[13];
	struct out o = {header, 0, sizeof header};
	size_t n;

	put_header(&o, p, type, b.n);
	return EVP_MAC_init(p->mac, NULL, 0, NULL) == 1 &&
		       EVP_MAC_update(p->mac, header, o.n) == 1 &&
		       EVP_MAC_update(p->mac, b.p, b.n) == 1 &&
		       EVP_MAC_final(p->mac, out, &n, p->mac_size) == 1
		   ? 0
		   : -1;
}

static int
crypt_in_place(struct protection *p, uint8_t *data, size_t n)
{
	int k;

	if (p->ctx == NULL || n == 0)
		return 0;
	return EVP_CipherUpdate(p->ctx, data, &k, data, (int)n) == 1 &&
		       (size_t)k == n
		   ? 0
		   : -1;
}

static int
set_block_iv(struct protection *p, const uint8_t *iv)
{
	return EVP_CipherInit_ex(p->ctx, NULL, NULL, NULL, iv, p->seal) == 1
		   ? 0
		   : -1;
}

/* GenericStreamCipher and GenericBlockCipher; with encrypt_then_mac the MAC
 * comes last and covers what was encrypted (RFC 7366 3). */
int
seal_mac(struct protection *p, uint8_t type, struct bytes plain, uint8_t *out,
    size_t *n)
{
	size_t block = p->cipher->kind == CIPHER_CBC ? p->cipher->iv : 0;
	size_t iv = block > 0 && p->version > TLS_1_0 ? block : 0;
	size_t end = iv + plain.n, padding;
	int etm = p->etm && block > 0;

	copy(out + iv, plain);
	if (!etm) {
		if (make_mac(p, type, plain, out + end) == -1)
			return internal_error;
		out[end] ^= (uint8_t)spoilt(p, SPOIL_MAC);
		end += p->mac_size;
	}
	if (block > 0) {
		padding = block - (end - iv) % block;
		memset(out + end, (int)padding - 1, padding);
		end += padding;
		/* The first octet of the padding, unless there is but one:
		 * that is its length. */
		out[end - padding] ^= (uint8_t)spoilt(p, SPOIL_PADDING);
	}
	if (iv > 0 &&
	    (RAND_bytes(out, (int)iv) != 1 || set_block_iv(p, out) == -1))
		return internal_error;
	if (crypt_in_place(p, out + iv, end - iv) == -1)
		return internal_error;
	if (etm) {
		if (make_mac(p, type, (struct bytes){out, end}, out + end) ==
		    -1)
			return internal_error;
		out[end] ^= (uint8_t)spoilt(p, SPOIL_MAC);
		end += p->mac_size;
	}
	*n = end;
	return 0;
}

static int
check_mac(
    struct protection *p, uint8_t type, struct bytes b, const uint8_t *there)
{
	uint8_t mac[EVP_MAX_MD_SIZE];

	if (make_mac(p, type, b, mac) == -1)
		return -1;
	return p->trusting || CRYPTO_memcmp(mac, there, p->mac_size) == 0 ? 0
									  : -1;
}

/* 0 if it is what was sent; takes padding and MAC off. */
int
open_mac(struct protection *p, uint8_t type, uint8_t *data, struct bytes *body)
{
	size_t block = p->cipher->kind == CIPHER_CBC ? p->cipher->iv : 0;
	size_t iv = block > 0 && p->version > TLS_1_0 ? block : 0;
	size_t n = body->n, pad, i;
	int etm = p->etm && block > 0;

	if (n < iv + p->mac_size)
		return -1;
	if (etm) {
		n -= p->mac_size;
		if (check_mac(p, type, (struct bytes){data, n}, data + n) == -1)
			return -1;
	}
	data += iv, n -= iv;
	if (block > 0 && (n == 0 || n % block != 0))
		return -1;
	if ((iv > 0 && set_block_iv(p, data - iv) == -1) ||
	    crypt_in_place(p, data, n) == -1)
		return -1;
	if (block > 0) {
		pad = data[n - 1];
		if (n < pad + 1 + (etm ? 0 : p->mac_size))
			return -1;
		for (i = 0; i < pad; i++)
			if (data[n - 2 - i] != pad && !p->trusting)
				return -1;
		n -= pad + 1;
	}
	if (!etm) {
		n -= p->mac_size;
		if (check_mac(p, type, (struct bytes){data, n}, data + n) == -1)
			return -1;
	}
	*body = (struct bytes){data, n};
	return 0;
}
