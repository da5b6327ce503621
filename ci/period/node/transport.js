// transport.js - what the tls module is given for its socket, so that the wire keeps
// its tap: a stream of ours; or, before Node.js 12 and in Deno, one end of a connection
// to ourselves, because there tls forgets what it has to send on a mere stream.
'use strict';

var net = require('net');
var stream = require('stream');
var util = require('util');

var versions = process.versions;
var BY_SOCKET = parseInt(versions.node, 10) < 12 || versions.deno !== undefined;

exports.BY_SOCKET = BY_SOCKET;

// Calls then(transport) when it is there; wire.onTransportEnd when tls has ended it.
exports.open = function (wire, then) {
  if (BY_SOCKET) {
    connect(wire, then);
  } else {
    then(new Stream(wire));
  }
};

function Stream(wire) {
  var self = this;
  stream.Duplex.call(this);
  this.wire = wire;
  wire.onData = function (data) { self.push(data); };
  wire.onStreamEnd = function () { self.push(null); };
  this.on('finish', function () { wire.onTransportEnd(); });
}
if (!BY_SOCKET) { util.inherits(Stream, stream.Duplex); }

Stream.prototype._read = function () { };

Stream.prototype._write = function (data, encoding, done) {
  this.wire.write(data, function () { done(); });
};

function connect(wire, then) {
  var waiting = [], listener, socket, ended = false;
  wire.onData = function (data) { waiting.push(data); };
  wire.onStreamEnd = function () { ended = true; };
  listener = net.createServer({ allowHalfOpen: true }, function (far) {
    listener.close();
    far.setNoDelay(true);
    far.on('data', function (data) { wire.write(data); });
    far.on('end', function () { wire.onTransportEnd(); });
    far.on('close', function () { wire.onTransportEnd(); });
    far.on('error', function () { wire.onTransportEnd(); });
    wire.onData = function (data) { if (far.writable) { far.write(data); } };
    wire.onStreamEnd = function () { far.end(); };
    wire.onClose = function () { far.destroy(); };
    waiting.forEach(wire.onData);
    if (ended) { far.end(); }
  });
  listener.listen(0, '127.0.0.1', function () {
    socket = net.connect(listener.address().port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.on('error', function () { });
    socket.on('connect', function () { then(socket); });
  });
}
