"""curl_flavour - says a ClientHello after STARTTLS with a libcurl of one's choice.

    curl_flavour.py LIBRARY HOST PORT     LIBRARY such as libcurl-nss.so.4
    curl_flavour.py LIBRARY --version

Debian builds libcurl with three TLS libraries; the curl program has but one.
"""

from __future__ import annotations

import ctypes
import sys

_URL, _USE_SSL, _VERIFY_PEER, _MAIL_FROM, _MAIL_RCPT = 10002, 119, 64, 10186, 10187
_USE_SSL_ALL = 3


def main(library: str, host: str, port: str = "") -> int:
    """0, whatever the server says to the hello."""
    curl = ctypes.CDLL(library)
    curl.curl_version.restype = ctypes.c_char_p
    if host == "--version":
        print(curl.curl_version().decode("ascii"))
        return 0
    curl.curl_easy_init.restype = ctypes.c_void_p
    curl.curl_slist_append.restype = ctypes.c_void_p
    curl.curl_slist_append.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    curl.curl_easy_strerror.restype = ctypes.c_char_p
    handle = ctypes.c_void_p(curl.curl_easy_init())
    rcpt = ctypes.c_void_p(curl.curl_slist_append(None, b"b@mx.example"))
    url = ctypes.c_char_p(f"smtp://{host}:{port}/client.example".encode("ascii"))
    mail_from = ctypes.c_char_p(b"a@client.example")
    curl.curl_easy_setopt(handle, ctypes.c_int(_URL), url)
    curl.curl_easy_setopt(handle, ctypes.c_int(_USE_SSL), ctypes.c_long(_USE_SSL_ALL))
    curl.curl_easy_setopt(handle, ctypes.c_int(_VERIFY_PEER), ctypes.c_long(0))
    curl.curl_easy_setopt(handle, ctypes.c_int(_MAIL_FROM), mail_from)
    curl.curl_easy_setopt(handle, ctypes.c_int(_MAIL_RCPT), rcpt)
    print(curl.curl_easy_strerror(curl.curl_easy_perform(handle)).decode("ascii"))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
