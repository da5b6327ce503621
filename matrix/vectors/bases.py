"""bases - the recorded vectors that authored ones are made from."""

from __future__ import annotations

H1 = "gnutls-3.7.9-cli-bare-tls1.0"  # TLS 1.0, no extensions, 64 octets
H1X = "openssl-3.0.22-tls1.0"
H2 = "gnutls-3.7.9-cli-bare-tls1.1"
H3 = "openssl-3.0.22-tls1.2"
H3N = "gnutls-3.7.9-cli-bare-tls1.2"
H3G = "gnutls-3.7.9-tls1.2"  # record version 3.3, renegotiation_info
H4 = "openssl-3.0.22"
SMALL = "bearssl-0.6-tls1.2"
PQ = "openssl-3.5.9-s-client"  # X25519MLKEM768: longer than a segment
V1 = "openssl-1.0.1i-sslv2-rsa-3.1"
V3 = "openssl-1.0.1i-sslv2-rsa"  # the SSLv2 form, 127 octets
VS = "openssl-1.0.1i-sslv2-only"  # kinds of SSL 2.0 and nothing else
