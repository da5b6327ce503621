/* registry.h - numbers of the TLS registries that the hello codec and the
 * handshake use, under their registered names. */
#ifndef REGISTRY_H
#define REGISTRY_H

enum content_type {
	change_cipher_spec = 20,
	alert = 21,
	handshake = 22,
	application_data = 23,
	heartbeat = 24,
};

enum handshake_type {
	hello_request = 0,
	client_hello = 1,
	server_hello = 2,
	new_session_ticket = 4,
	encrypted_extensions = 8,
	certificate = 11,
	server_key_exchange = 12,
	certificate_request = 13,
	server_hello_done = 14,
	certificate_verify = 15,
	client_key_exchange = 16,
	finished = 20,
	certificate_status = 22,
	key_update = 24,
	message_hash = 254,
};

enum alert_description {
	close_notify = 0,
	unexpected_message = 10,
	bad_record_mac = 20,
	record_overflow = 22,
	handshake_failure = 40,
	bad_certificate = 42,
	unsupported_certificate = 43,
	illegal_parameter = 47,
	unknown_ca = 48,
	decode_error = 50,
	decrypt_error = 51,
	protocol_version = 70,
	internal_error = 80,
	user_canceled = 90,
	missing_extension = 109,
	unsupported_extension = 110,
};

enum extension_type {
	max_fragment_length = 1,
	truncated_hmac = 4,
	status_request = 5,
	supported_groups = 10,
	signature_algorithms = 13,
	encrypt_then_mac = 22,
	extended_master_secret = 23,
	record_size_limit = 28,
	session_ticket = 35,
	pre_shared_key = 41,
	early_data = 42,
	supported_versions = 43,
	cookie = 44,
	psk_key_exchange_modes = 45,
	key_share = 51,
	next_protocol_negotiation = 13172, /* a draft's; OpenSSL 1.0 has it */
	renegotiation_info = 0xff01,
};

enum {
	TLS_1_0 = 0x0301,
	TLS_1_1 = 0x0302,
	TLS_1_2 = 0x0303,
	TLS_1_3 = 0x0304,
	TLS_EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff,
};

#endif
