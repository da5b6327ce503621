/* protect_aead.c - GenericAEADCipher of TLS 1.2 and the records of TLS 1.3:
 * RFC 5246 6.2.3.3, RFC 8446 5.2. */

#include "protect_state.h"
#include "registry.h"

/* RFC 5116, 5288 3: salt and the record's own part; RFC 7905 2, RFC 8446 5.3:
 * the sequence number, added to the IV. */
static void
make_nonce(const struct protection *p, const uint8_t *own, uint8_t out[12])
{
	size_t i;

	memcpy(out, p->iv, 12);
	if (p->version < TLS_1_3 && p->cipher->nonce > 0)
		memcpy(out + p->cipher->iv, own, p->cipher->nonce);
	else
		for (i = 0; i < 8; i++)
			out[4 + i] ^= (uint8_t)(p->seq >> 8 * (7 - i));
}

/* Both ways, in place; the tag is behind the data.  total is the length that
 * the additional data tell. */
static int
aead(struct protection *p, const uint8_t *own, uint8_t type, size_t total,
    uint8_t *data, size_t n)
{
	EVP_CIPHER_CTX *c = p->ctx;
	uint8_t nonce[12], header[13], *tag = data + n;
	struct out o = {header, 0, sizeof header};
	int k, tag_size = p->cipher->tag;

	put_header(&o, p, type, total);
	make_nonce(p, own, nonce);
	if (p->seal && p->cipher->ccm &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, tag_size, NULL) != 1)
		return -1;
	if (!p->seal &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, tag_size, tag) != 1)
		return -1;
	if (EVP_CipherInit_ex(c, NULL, NULL, NULL, nonce, p->seal) != 1 ||
	    (p->cipher->ccm &&
		EVP_CipherUpdate(c, NULL, &k, NULL, (int)n) != 1) ||
	    EVP_CipherUpdate(c, NULL, &k, header, (int)o.n) != 1 ||
	    /* CCM checks the tag here, even of nothing. */
	    ((n > 0 || p->cipher->ccm) &&
		EVP_CipherUpdate(c, data, &k, data, (int)n) != 1) ||
	    (!p->cipher->ccm && EVP_CipherFinal_ex(c, tag, &k) != 1 &&
		!p->trusting))
		return -1;
	if (p->seal &&
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, tag_size, tag) != 1)
		return -1;
	return 0;
}

int
seal_aead(struct protection *p, uint8_t *type, struct bytes plain, uint8_t *out,
    size_t *n)
{
	size_t own = p->version < TLS_1_3 ? p->cipher->nonce : 0;
	size_t inside = plain.n, i;

	for (i = 0; i < own; i++)
		out[i] = (uint8_t)(p->seq >> 8 * (7 - i));
	copy(out + own, plain);
	*n = own + plain.n + p->cipher->tag;
	if (p->version == TLS_1_3) { /* RFC 8446 5.2: TLSInnerPlaintext */
		out[inside++] = *type;
		*type = application_data;
		++*n;
	}
	if (aead(p, out, *type, p->version == TLS_1_3 ? *n : plain.n, out + own,
		inside) == -1)
		return internal_error;
	out[*n - 1] ^= (uint8_t)spoilt(p, SPOIL_MAC);
	return 0;
}

int
open_aead(
    struct protection *p, uint8_t *type, uint8_t *data, struct bytes *body)
{
	size_t own = p->version < TLS_1_3 ? p->cipher->nonce : 0;
	size_t n = body->n;

	if (n < own + p->cipher->tag)
		return bad_record_mac;
	n -= own + p->cipher->tag;
	if (aead(p, data, *type, p->version == TLS_1_3 ? body->n : n,
		data + own, n) == -1)
		return bad_record_mac;
	*body = (struct bytes){data + own, n};
	if (p->version < TLS_1_3)
		return 0;
	while (n > 0 && body->p[n - 1] == 0)
		n--;
	if (n == 0) /* RFC 8446 5.4: no type in it */
		return unexpected_message;
	*type = body->p[n - 1];
	body->n = n - 1;
	return 0;
}
