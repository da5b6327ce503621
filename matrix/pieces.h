/* pieces.h - where a stream is cut: lines and replies of SMTP, TLS records, and
 * the records that a ClientHello takes.
 *
 * Pure: each says how many octets the piece at the beginning of some octets
 * has; 0: it is not all there yet; -1: there is no such piece.
 */
#ifndef PIECES_H
#define PIECES_H

#include "bytes.h"

/* A line with its LF. */
long piece_line(struct bytes);

/* All lines of a reply: RFC 5321 4.2.1. */
long piece_reply(struct bytes);

/* RFC 5246 6.2 */
long piece_record(struct bytes);

/* The records of a ClientHello (RFC 5246 7.4.1.2), or its SSLv2 form (E.2). */
long piece_hello(struct bytes);

/* The code of a reply; 0: it has none. */
int piece_code(struct bytes reply);

#endif
