// settings.js - options as what crypto and tls of any Node.js since 0.8 take.
'use strict';

var crypto = require('crypto');
var fs = require('fs');
var tls = require('tls');

// SSL_OP_NO_...  Where OpenSSL does not have the version these bits mean another thing:
// in 1.0.0 the last two spoil the RSA key exchange, on purpose (SSL_OP_PKCS1_CHECK_1).
var NO = { '1.0': 0x04000000, '1.1': 0x10000000, '1.2': 0x08000000 };
var NO_TICKET = 0x4000;
var VERSIONS = ['1.0', '1.1', '1.2'];
var HAS_RANGE = tls.DEFAULT_MAX_VERSION !== undefined; // since 11.4
var versions = process.versions;
var openssl = versions.openssl;

// Bun and Deno call themselves Node.js too, with an OpenSSL that they do not have.
exports.NAME = versions.bun ? 'bun' : versions.deno ? 'deno' : 'node';
exports.LIBRARY = versions.bun ? 'BoringSSL ' + versions.boringssl.slice(0, 12) :
  versions.deno ? 'rustls' : 'OpenSSL ' + openssl;
exports.version = function (given) {
  return versions[exports.NAME] + (given.sslv2hello ? '+sslv2hello' : '') +
    ' (' + exports.LIBRARY + ')';
};

// OpenSSL up to 1.0.1 sends a hello in the SSLv2 form if kinds of SSL 2.0 are among the
// cipher suites and nothing asks for an extension.  Node.js always gives a server name;
// one of more than 255 characters OpenSSL does not take, and then there is none.  It
// also turns off whatever is above a version that is off: none can be, below the highest.
exports.HAS_SSLV2_FORM = !tls.TLSSocket && /^1\.0\.[01]/.test(openssl);
exports.NO_NAME = new Array(300).join('x');
var WITH_SSL2 = 'ALL:!aNULL';

// No certificate for ECDSA: a server before Node.js 0.11, and OpenSSL 1.0.1 with a hello
// that has no extensions, because it then offers no elliptic curves.
exports.takesEcdsa = function (role, given) {
  return role === 'client' ? !given.sslv2hello || openssl < '1.0.1' : !!tls.TLSSocket;
};

exports.context = function (o) {
  return tls.createSecureContext ? tls.createSecureContext(o) : crypto.createCredentials(o);
};

// rustls begins with TLS 1.2; OpenSSL 1.0.0 has TLS 1.0 only.
exports.has = has;
function has(version) {
  if (versions.deno) { return version >= '1.2'; }
  if (HAS_RANGE) { return version !== '1.3' || tls.DEFAULT_MAX_VERSION === 'TLSv1.3'; }
  return version === '1.0' || (version !== '1.3' && openssl.indexOf('1.0.0') !== 0);
}

// Throws if this Node.js cannot do it, with the reason.
exports.of = function (given) {
  var o = {}, min = given['tls-min'], max = given['tls-max'], off = 0;
  [min, max].forEach(function (version) {
    if (version && !has(version)) {
      throw new Error(exports.LIBRARY + ' has no TLS ' + version);
    }
  });
  if (given.sslv2hello && min > '1.0') {
    throw new Error('with a hello in the SSLv2 form no older version can be left out');
  }
  if (HAS_RANGE) {
    if (min) { o.minVersion = 'TLSv' + (min === '1.0' ? '1' : min); }
    if (max) { o.maxVersion = 'TLSv' + (max === '1.0' ? '1' : max); }
  } else if (min || max) {
    VERSIONS.forEach(function (version) {
      if (has(version) && ((min && version < min) || (max && version > max))) {
        off |= NO[version];
      }
    });
    o.secureProtocol = 'SSLv23_method';
    o.secureOptions = (given.sslv2hello ? off : off | 0x03000000) >>> 0; // no SSL at all
  }
  if (given.sslv2hello) { o.ciphers = WITH_SSL2; }
  if (given.resume === 'id') { o.secureOptions = (o.secureOptions || 0) | NO_TICKET; }
  if (given.resume !== 'no' && given.key) { o.sessionIdContext = 'mx.example'; }
  if (given.old && exports.NAME === 'node' && parseFloat(openssl) >= 1.1) { o.ciphers = 'DEFAULT@SECLEVEL=0'; }
  if (given.ca) { o.ca = [fs.readFileSync(given.ca)]; }
  if (given.cert) { o.cert = fs.readFileSync(given.cert); }
  if (given.key) { o.key = fs.readFileSync(given.key); }
  exports.context(o);
  return o;
};
