/* fuzz_handshake.c - a server that sends anything, to every stage of the
 * handshake engine.  The first octet chooses the stage; from ServerHello on
 * records are in clear, as no fuzzer could seal them. */

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "handshake_state.h"
#include "hello.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Offers everything there is to answer: TLS 1.3 and 1.2, anonymous suites,
 * a session_id, every extension that a server may send back. */
static const uint8_t offer[] = {22, 3, 1, 0, 173, 1, 0, 0, 169, 3, 3, /**/
    1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1,
    2, 3, 4, 5, 6, 7, 8, 32, /* session_id */
    1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1,
    2, 3, 4, 5, 6, 7, 8, /**/
    0, 18, 0x13, 1, 0x13, 2, 0, 0x2f, 0xc0, 0x13, 0, 0x33, 0, 0x34, 0xc0, 0x18,
    0xc0, 0x2f, 0, 0xff, 1, 0, 0, 78,                     /**/
    0, 1, 0, 1, 2, 0, 4, 0, 0, 0, 5, 0, 5, 1, 0, 0, 0, 0, /**/
    0, 10, 0, 6, 0, 4, 0, 0x17, 0, 0x1d,                  /**/
    0, 13, 0, 6, 0, 4, 4, 1, 2, 1,                        /**/
    0, 22, 0, 0, 0, 23, 0, 0, 0, 28, 0, 2, 64, 1,         /**/
    0, 35, 0, 0, 0, 43, 0, 5, 4, 3, 4, 3, 3,              /**/
    0, 51, 0, 9, 0, 7, 0, 0x1e, 0, 3, 1, 2, 3};

static const uint8_t offer_sslv2[] = {0x80, 31, 1, 3, 3, 0, 6, 0, 0, 0, 16, 0,
    0, 0x2f, 0, 0, 0x34, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8};

static struct hello hello, hello_sslv2;
static int null = -1;

static void
start(void)
{
	null = open("/dev/null", O_RDWR);
	if (null == -1 || handshake_init() == -1 ||
	    hello_decode(&hello, (struct bytes){offer, sizeof offer}) != 0 ||
	    hello_decode(&hello_sslv2,
		(struct bytes){offer_sslv2, sizeof offer_sslv2}) != 0)
		abort();
}

/* As if the server had chosen that. */
static void
choose(struct handshake *h, uint16_t version, uint16_t suite,
    const struct row *row)
{
	h->version = version;
	h->suite = suite_find(suite);
	h->md = version == TLS_1_2 || version == TLS_1_3 ? EVP_sha256()
							 : EVP_md5_sha1();
	h->records.tls13 = version == TLS_1_3;
	h->status = 1;
	h->row = row;
	if (transcript_start(h) != 0)
		abort();
}

static void
set_stage(struct handshake *h, uint8_t stage)
{
	switch (stage % 10) {
	case 2: choose(h, TLS_1_0, 0x002f, tls12_rows); break;
	case 3: choose(h, TLS_1_2, 0xc02f, tls12_rows); break;
	case 4: choose(h, TLS_1_2, 0x0034, tls12_rows); break;
	case 5: choose(h, TLS_1_2, 0xc018, tls12_rows); break;
	case 6: choose(h, TLS_1_3, 0x1301, tls13_rows + 1); break;
	case 7: choose(h, TLS_1_3, 0x1301, retry_rows); break;
	case 8:
	case 9:
		choose(h, stage % 10 == 8 ? TLS_1_2 : TLS_1_3,
		    stage % 10 == 8 ? 0x002f : 0x1301, NULL);
		h->done = 1;
		break;
	default: break; /* 0, 1: from the hello on */
	}
	if (stage % 10 == 7) {
		h->retried = RETRYING;
		h->retry_group = 0x17;
	}
}

static void
go(struct handshake *h)
{
	uint8_t buf[64];
	int i;

	if (!h->done)
		handshake_run(h);
	for (i = 0; i < 100; i++)
		if (handshake_read(h, buf, sizeof buf) <= 0)
			break;
	handshake_write(h, buf, sizeof buf);
	handshake_shutdown(h);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct handshake_params params = {0};
	struct handshake *h;
	struct wire w;

	if (null == -1)
		start();
	if (n == 0)
		return 0;
	wire_init(&w, null, 'C', NULL);
	wire_phase(&w, "handshake", 10000);
	wire_unread(&w, (struct bytes){p + 1, n - 1});
	params.wire = &w;
	params.hello = p[0] % 10 == 1 ? &hello_sslv2 : &hello;
	params.octets = (struct bytes){offer, sizeof offer};
	if ((h = handshake_new(&params)) == NULL)
		return 0;
	set_stage(h, p[0]);
	go(h);
	handshake_free(h);
	return 0;
}
