// settings.js - options as what crypto and tls of any Node.js since 0.8 take.
'use strict';

var crypto = require('crypto');
var fs = require('fs');
var tls = require('tls');

// SSL_OP_NO_...  Where OpenSSL does not have the version these bits mean another thing:
// in 1.0.0 the last two spoil the RSA key exchange, on purpose (SSL_OP_PKCS1_CHECK_1).
var NO = { '1.0': 0x04000000, '1.1': 0x10000000, '1.2': 0x08000000 };
var VERSIONS = ['1.0', '1.1', '1.2'];
var HAS_RANGE = tls.DEFAULT_MAX_VERSION !== undefined; // since 11.4
var versions = process.versions;
var openssl = versions.openssl;

// Bun and Deno call themselves Node.js too, with an OpenSSL that they do not have.
exports.NAME = versions.bun ? 'bun' : versions.deno ? 'deno' : 'node';
exports.LIBRARY = versions.bun ? 'BoringSSL ' + versions.boringssl.slice(0, 12) :
  versions.deno ? 'rustls' : 'OpenSSL ' + openssl;
exports.VERSION = versions[exports.NAME] + ' (' + exports.LIBRARY + ')';

exports.context = function (o) {
  return tls.createSecureContext ? tls.createSecureContext(o) : crypto.createCredentials(o);
};

// rustls begins with TLS 1.2; OpenSSL 1.0.0 has TLS 1.0 only.
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
    o.secureOptions = (off | 0x03000000) >>> 0; // and no SSL 2.0, no SSL 3.0
  }
  if (given.old && exports.NAME === 'node' && parseFloat(openssl) >= 1.1) { o.ciphers = 'DEFAULT@SECLEVEL=0'; }
  if (given.ca) { o.ca = [fs.readFileSync(given.ca)]; }
  if (given.cert) { o.cert = fs.readFileSync(given.cert); }
  if (given.key) { o.key = fs.readFileSync(given.key); }
  exports.context(o);
  return o;
};
