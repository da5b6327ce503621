/* serve_state.h - what the files of the scripted server side share; nobody
 * else includes it. */
#ifndef SERVE_STATE_H
#define SERVE_STATE_H

#include "handshake_state.h"
#include "serve.h"

struct serve {
	struct serve_params p;
	struct handshake *h;
	struct hello hello;  /* the client's last one */
	uint8_t first[4096]; /* what came before anything was read */
	int answered;        /* from here on a handshake message is going on */
	int went_on;
	/* what a right answer has in it */
	uint16_t version;
	const struct suite *suite;
	const struct group *group;
	uint16_t scheme;        /* of our signature */
	enum serve_retry retry; /* the script's, or what is due without it */
	int retries;
	struct bytes theirs; /* the client's share, in hello */
};

/* The client's next message, added to the transcript: 0, an alert, or what
 * next_event() says.  *body has it without its header. */
int serve_expect(
    struct serve *, uint8_t content, uint8_t type, struct bytes *body);

/* The same if it takes messages in any order: drops one of these on the way. */
int serve_expect_behind(struct serve *, uint8_t content, uint8_t type,
    uint8_t dropped, struct bytes *body);

/* serve_choose.c: 0, an alert, or REACH. */
int serve_choose(struct serve *);
int serve_check_second(struct serve *, const struct suite *first);
const struct group *serve_retry_group(const struct serve *);
const struct suite *serve_other_suite(const struct serve *);

/* serve_hello.c */
int serve_send_answer(struct serve *);
int serve_send_retry(struct serve *, int last);

/* serve12.c, serve13.c: what follows ServerHello. */
int serve_rest12(struct serve *);
int serve_share13(struct serve *, struct out *share);
int serve_rest13(struct serve *);

/* Signs data: 0, or internal_error. */
int serve_sign(struct serve *, struct bytes data, struct out *);

int serve_flag(const struct serve *, unsigned flag);

#endif
