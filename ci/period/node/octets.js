// octets.js - buffers of any Node.js since 0.8, and the digest of this suite:
// FNV-1a of 64 bits, in four numbers of 16, because there is nothing wider in ES5.
'use strict';

exports.from = function (binary) {
  if (Buffer.from && Buffer.from !== Uint8Array.from) {
    return Buffer.from(binary, 'binary');
  }
  return new Buffer(binary, 'binary');
};

exports.hex = function (buffer) {
  return buffer.toString('hex');
};

function Digest() {
  this.octets = 0;
  this.h = [0x2325, 0x8422, 0x9ce4, 0xcbf2];
}

// The prime is 2^40 + 0x1b3.
Digest.prototype.add = function (buffer) {
  var a = this.h[0], b = this.h[1], c = this.h[2], d = this.h[3], i, x, y, z, w;
  for (i = 0; i < buffer.length; i++) {
    a ^= buffer[i];
    x = a * 0x1b3;
    y = b * 0x1b3 + (x >>> 16);
    z = c * 0x1b3 + (y >>> 16) + (a << 8);
    w = d * 0x1b3 + (z >>> 16) + (b << 8);
    a = x & 0xffff;
    b = y & 0xffff;
    c = z & 0xffff;
    d = w & 0xffff;
  }
  this.h = [a, b, c, d];
  this.octets += buffer.length;
};

function four(number) {
  return ('000' + number.toString(16)).slice(-4);
}

Digest.prototype.value = function () {
  return four(this.h[3]) + four(this.h[2]) + four(this.h[1]) + four(this.h[0]);
};

exports.Digest = Digest;
