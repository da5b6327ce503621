/* suites.c - the table of cipher suites (suites.h). */

#include "suites.h"

enum { SSL_3 = 0x0300, TLS1_2 = 0x0303, TLS1_3 = 0x0304 };

/* clang-format off */

#define BLOCK(name, key, block) {name, CIPHER_CBC, key, block, 0, 0, 0}
static const struct cipher
    NULL_CIPHER      = {NULL, CIPHER_STREAM, 0, 0, 0, 0, 0},
    RC4_128          = {"RC4", CIPHER_STREAM, 16, 0, 0, 0, 0},
    DES_CBC          = BLOCK("DES-CBC", 8, 8),
    TDES_EDE_CBC     = BLOCK("DES-EDE3-CBC", 24, 8),
    IDEA_CBC         = BLOCK("IDEA-CBC", 16, 8),
    SEED_CBC         = BLOCK("SEED-CBC", 16, 16),
    AES_128_CBC      = BLOCK("AES-128-CBC", 16, 16),
    AES_256_CBC      = BLOCK("AES-256-CBC", 32, 16),
    CAMELLIA_128_CBC = BLOCK("CAMELLIA-128-CBC", 16, 16),
    CAMELLIA_256_CBC = BLOCK("CAMELLIA-256-CBC", 32, 16),
    ARIA_128_CBC     = BLOCK("ARIA-128-CBC", 16, 16),
    ARIA_256_CBC     = BLOCK("ARIA-256-CBC", 32, 16),
    AES_128_GCM      = {"AES-128-GCM", CIPHER_AEAD, 16, 4, 8, 16, 0},
    AES_256_GCM      = {"AES-256-GCM", CIPHER_AEAD, 32, 4, 8, 16, 0},
    ARIA_128_GCM     = {"ARIA-128-GCM", CIPHER_AEAD, 16, 4, 8, 16, 0},
    ARIA_256_GCM     = {"ARIA-256-GCM", CIPHER_AEAD, 32, 4, 8, 16, 0},
    AES_128_CCM      = {"AES-128-CCM", CIPHER_AEAD, 16, 4, 8, 16, 1},
    AES_256_CCM      = {"AES-256-CCM", CIPHER_AEAD, 32, 4, 8, 16, 1},
    AES_128_CCM_8    = {"AES-128-CCM", CIPHER_AEAD, 16, 4, 8, 8, 1},
    AES_256_CCM_8    = {"AES-256-CCM", CIPHER_AEAD, 32, 4, 8, 8, 1},
    CHACHA20_POLY1305 = {"ChaCha20-Poly1305", CIPHER_AEAD, 32, 12, 0, 16, 0};

/* A block or stream cipher with a MAC.  RFC 5246 1.2: the suites made for
 * TLS 1.2 use their own hash in the PRF, the older ones SHA-256. */
#define MAC_MD5(...)    __VA_ARGS__, "MD5", "SHA256"}
#define MAC_SHA(...)    __VA_ARGS__, "SHA1", "SHA256"}
#define MAC_SHA256(...) __VA_ARGS__, "SHA256", "SHA256"}
#define MAC_SHA384(...) __VA_ARGS__, "SHA384", "SHA384"}
#define FROM_MD5 SSL_3
#define FROM_SHA SSL_3
#define FROM_SHA256 TLS1_2
#define FROM_SHA384 TLS1_2
#define S(code, kx, cipher, label, mac) MAC_##mac({code, FROM_##mac, TLS1_2, \
	"TLS_" #kx "_WITH_" label "_" #mac, KX_##kx, &cipher)
#define C(code, kx, cipher, mac) S(code, kx, cipher, #cipher, mac)
#define A(code, kx, cipher, hash) {code, TLS1_2, TLS1_2, \
	"TLS_" #kx "_WITH_" #cipher "_" #hash, KX_##kx, &cipher, NULL, #hash}
#define CCM(code, kx, cipher) {code, TLS1_2, TLS1_2, \
	"TLS_" #kx "_WITH_" #cipher, KX_##kx, &cipher, NULL, "SHA256"}
#define TLS13(code, cipher, hash) {code, TLS1_3, TLS1_3, \
	"TLS_" #cipher "_" #hash, KX_TLS13, &cipher, NULL, #hash}

static const struct suite suites[] = {
    S(0x0001, RSA, NULL_CIPHER, "NULL", MD5),
    S(0x0002, RSA, NULL_CIPHER, "NULL", SHA),
    C(0x0004, RSA, RC4_128, MD5),
    C(0x0005, RSA, RC4_128, SHA),
    C(0x0007, RSA, IDEA_CBC, SHA),
    C(0x0009, RSA, DES_CBC, SHA),
    S(0x000a, RSA, TDES_EDE_CBC, "3DES_EDE_CBC", SHA),
    C(0x0012, DHE_DSS, DES_CBC, SHA),
    S(0x0013, DHE_DSS, TDES_EDE_CBC, "3DES_EDE_CBC", SHA),
    C(0x0015, DHE_RSA, DES_CBC, SHA),
    S(0x0016, DHE_RSA, TDES_EDE_CBC, "3DES_EDE_CBC", SHA),
    C(0x0018, DH_anon, RC4_128, MD5),
    C(0x001a, DH_anon, DES_CBC, SHA),
    S(0x001b, DH_anon, TDES_EDE_CBC, "3DES_EDE_CBC", SHA),
    C(0x002f, RSA, AES_128_CBC, SHA),
    C(0x0032, DHE_DSS, AES_128_CBC, SHA),
    C(0x0033, DHE_RSA, AES_128_CBC, SHA),
    C(0x0034, DH_anon, AES_128_CBC, SHA),
    C(0x0035, RSA, AES_256_CBC, SHA),
    C(0x0038, DHE_DSS, AES_256_CBC, SHA),
    C(0x0039, DHE_RSA, AES_256_CBC, SHA),
    C(0x003a, DH_anon, AES_256_CBC, SHA),
    S(0x003b, RSA, NULL_CIPHER, "NULL", SHA256),
    C(0x003c, RSA, AES_128_CBC, SHA256),
    C(0x003d, RSA, AES_256_CBC, SHA256),
    C(0x0040, DHE_DSS, AES_128_CBC, SHA256),
    C(0x0041, RSA, CAMELLIA_128_CBC, SHA),
    C(0x0044, DHE_DSS, CAMELLIA_128_CBC, SHA),
    C(0x0045, DHE_RSA, CAMELLIA_128_CBC, SHA),
    C(0x0046, DH_anon, CAMELLIA_128_CBC, SHA),
    C(0x0066, DHE_DSS, RC4_128, SHA),
    C(0x0067, DHE_RSA, AES_128_CBC, SHA256),
    C(0x006a, DHE_DSS, AES_256_CBC, SHA256),
    C(0x006b, DHE_RSA, AES_256_CBC, SHA256),
    C(0x006c, DH_anon, AES_128_CBC, SHA256),
    C(0x006d, DH_anon, AES_256_CBC, SHA256),
    C(0x0084, RSA, CAMELLIA_256_CBC, SHA),
    C(0x0087, DHE_DSS, CAMELLIA_256_CBC, SHA),
    C(0x0088, DHE_RSA, CAMELLIA_256_CBC, SHA),
    C(0x0089, DH_anon, CAMELLIA_256_CBC, SHA),
    C(0x0096, RSA, SEED_CBC, SHA),
    C(0x0099, DHE_DSS, SEED_CBC, SHA),
    C(0x009a, DHE_RSA, SEED_CBC, SHA),
    C(0x009b, DH_anon, SEED_CBC, SHA),
    A(0x009c, RSA, AES_128_GCM, SHA256),
    A(0x009d, RSA, AES_256_GCM, SHA384),
    A(0x009e, DHE_RSA, AES_128_GCM, SHA256),
    A(0x009f, DHE_RSA, AES_256_GCM, SHA384),
    A(0x00a2, DHE_DSS, AES_128_GCM, SHA256),
    A(0x00a3, DHE_DSS, AES_256_GCM, SHA384),
    A(0x00a6, DH_anon, AES_128_GCM, SHA256),
    A(0x00a7, DH_anon, AES_256_GCM, SHA384),
    C(0x00ba, RSA, CAMELLIA_128_CBC, SHA256),
    C(0x00bd, DHE_DSS, CAMELLIA_128_CBC, SHA256),
    C(0x00be, DHE_RSA, CAMELLIA_128_CBC, SHA256),
    C(0x00bf, DH_anon, CAMELLIA_128_CBC, SHA256),
    C(0x00c0, RSA, CAMELLIA_256_CBC, SHA256),
    C(0x00c3, DHE_DSS, CAMELLIA_256_CBC, SHA256),
    C(0x00c4, DHE_RSA, CAMELLIA_256_CBC, SHA256),
    C(0x00c5, DH_anon, CAMELLIA_256_CBC, SHA256),
    TLS13(0x1301, AES_128_GCM, SHA256),
    TLS13(0x1302, AES_256_GCM, SHA384),
    TLS13(0x1303, CHACHA20_POLY1305, SHA256),
    TLS13(0x1304, AES_128_CCM, SHA256),
    TLS13(0x1305, AES_128_CCM_8, SHA256),
    S(0xc006, ECDHE_ECDSA, NULL_CIPHER, "NULL", SHA),
    C(0xc007, ECDHE_ECDSA, RC4_128, SHA),
    S(0xc008, ECDHE_ECDSA, TDES_EDE_CBC, "3DES_EDE_CBC", SHA),
    C(0xc009, ECDHE_ECDSA, AES_128_CBC, SHA),
    C(0xc00a, ECDHE_ECDSA, AES_256_CBC, SHA),
    S(0xc010, ECDHE_RSA, NULL_CIPHER, "NULL", SHA),
    C(0xc011, ECDHE_RSA, RC4_128, SHA),
    S(0xc012, ECDHE_RSA, TDES_EDE_CBC, "3DES_EDE_CBC", SHA),
    C(0xc013, ECDHE_RSA, AES_128_CBC, SHA),
    C(0xc014, ECDHE_RSA, AES_256_CBC, SHA),
    S(0xc015, ECDH_anon, NULL_CIPHER, "NULL", SHA),
    C(0xc016, ECDH_anon, RC4_128, SHA),
    S(0xc017, ECDH_anon, TDES_EDE_CBC, "3DES_EDE_CBC", SHA),
    C(0xc018, ECDH_anon, AES_128_CBC, SHA),
    C(0xc019, ECDH_anon, AES_256_CBC, SHA),
    C(0xc023, ECDHE_ECDSA, AES_128_CBC, SHA256),
    C(0xc024, ECDHE_ECDSA, AES_256_CBC, SHA384),
    C(0xc027, ECDHE_RSA, AES_128_CBC, SHA256),
    C(0xc028, ECDHE_RSA, AES_256_CBC, SHA384),
    A(0xc02b, ECDHE_ECDSA, AES_128_GCM, SHA256),
    A(0xc02c, ECDHE_ECDSA, AES_256_GCM, SHA384),
    A(0xc02f, ECDHE_RSA, AES_128_GCM, SHA256),
    A(0xc030, ECDHE_RSA, AES_256_GCM, SHA384),
    C(0xc03c, RSA, ARIA_128_CBC, SHA256),
    C(0xc03d, RSA, ARIA_256_CBC, SHA384),
    C(0xc044, DHE_RSA, ARIA_128_CBC, SHA256),
    C(0xc045, DHE_RSA, ARIA_256_CBC, SHA384),
    C(0xc048, ECDHE_ECDSA, ARIA_128_CBC, SHA256),
    C(0xc049, ECDHE_ECDSA, ARIA_256_CBC, SHA384),
    C(0xc04c, ECDHE_RSA, ARIA_128_CBC, SHA256),
    C(0xc04d, ECDHE_RSA, ARIA_256_CBC, SHA384),
    A(0xc050, RSA, ARIA_128_GCM, SHA256),
    A(0xc051, RSA, ARIA_256_GCM, SHA384),
    A(0xc052, DHE_RSA, ARIA_128_GCM, SHA256),
    A(0xc053, DHE_RSA, ARIA_256_GCM, SHA384),
    A(0xc056, DHE_DSS, ARIA_128_GCM, SHA256),
    A(0xc057, DHE_DSS, ARIA_256_GCM, SHA384),
    A(0xc05c, ECDHE_ECDSA, ARIA_128_GCM, SHA256),
    A(0xc05d, ECDHE_ECDSA, ARIA_256_GCM, SHA384),
    A(0xc060, ECDHE_RSA, ARIA_128_GCM, SHA256),
    A(0xc061, ECDHE_RSA, ARIA_256_GCM, SHA384),
    C(0xc072, ECDHE_ECDSA, CAMELLIA_128_CBC, SHA256),
    C(0xc073, ECDHE_ECDSA, CAMELLIA_256_CBC, SHA384),
    C(0xc076, ECDHE_RSA, CAMELLIA_128_CBC, SHA256),
    C(0xc077, ECDHE_RSA, CAMELLIA_256_CBC, SHA384),
    CCM(0xc09c, RSA, AES_128_CCM),
    CCM(0xc09d, RSA, AES_256_CCM),
    CCM(0xc09e, DHE_RSA, AES_128_CCM),
    CCM(0xc09f, DHE_RSA, AES_256_CCM),
    CCM(0xc0a0, RSA, AES_128_CCM_8),
    CCM(0xc0a1, RSA, AES_256_CCM_8),
    CCM(0xc0a2, DHE_RSA, AES_128_CCM_8),
    CCM(0xc0a3, DHE_RSA, AES_256_CCM_8),
    CCM(0xc0ac, ECDHE_ECDSA, AES_128_CCM),
    CCM(0xc0ad, ECDHE_ECDSA, AES_256_CCM),
    CCM(0xc0ae, ECDHE_ECDSA, AES_128_CCM_8),
    CCM(0xc0af, ECDHE_ECDSA, AES_256_CCM_8),
    A(0xcca8, ECDHE_RSA, CHACHA20_POLY1305, SHA256),
    A(0xcca9, ECDHE_ECDSA, CHACHA20_POLY1305, SHA256),
    A(0xccaa, DHE_RSA, CHACHA20_POLY1305, SHA256),
};

/* clang-format on */

const struct suite *
suite_find(uint16_t code)
{
	size_t i;

	for (i = 0; i < sizeof suites / sizeof suites[0]; i++)
		if (suites[i].code == code)
			return &suites[i];
	return NULL;
}
