// upgrade.js - TLS over a wire, with the tls module of any Node.js since 0.8.
'use strict';

var tls = require('tls');
var settings = require('./settings');
var transport = require('./transport');
var later = require('./wire').later;

var OLD = !tls.TLSSocket; // Node.js before 0.11

// Over the wire of a session (of client.js or server.js), whose flow is told what
// becomes of the handshake.  Calls its secured() once, its take() with what comes, and
// its leave() at the end.
function Tls(session, role, given, kept) {
  var self = this, wire = session.wire;
  this.session = session;
  this.wire = wire;
  this.kept = kept;
  this.closeSent = this.closeReceived = false;
  this.shut = this.gone = this.ready = false;
  this.error = '';
  this.alert = -1;
  this.protocol = null;
  // The module tells of no close_notify, but the wire shows what passes.  Up to TLS 1.2
  // a record shows that it is an alert; in TLS 1.3 none but an alert holds two octets
  // (with the type and 16 octets of a tag: RFC 8446 5.2), unless a peer pads.  But after
  // QUIT only the 221 and that alert can come.
  this.due = role === 'client' ? 1 : 0;
  this.before = 0;
  wire.onRecord = function (way, type, length) {
    var alert = type === 21 || (length === 19 && self.protocol === 'TLSv1.3');
    if (!self.ready) { return; }
    if (way === 'sent') { self.closeSent = self.closeSent || alert; }
    if (way === 'received') { self.closeReceived = self.closeReceived || alert; }
    later(function () { self.settle(); });
  };
  wire.onTransportEnd = function () {
    self.gone = true;
    later(function () {
      if (self.error) { self.give(); }
      self.settle();
    });
  };
  transport.open(wire, function (stream) {
    self[role](stream, given);
    self.watch();
  });
}

Tls.prototype.watch = function () {
  var self = this;
  this.clear.on('error', function (error) { self.fail(error); });
  this.clear.on('data', function (data) {
    self.session.flow.turn(self.wire.other, 'inside', data, true);
    self.session.take(data);
  });
  this.clear.on('end', function () {
    self.finished();
  });
  this.clear.on('close', function () { self.finished(); });
};

Tls.prototype.client = function (stream, given) {
  var o = {}, self = this, name;
  for (name in given.tls) { o[name] = given.tls[name]; }
  o.socket = stream;
  o.rejectUnauthorized = given.ca !== undefined;
  if (given.name) { o.servername = given.name; }
  if (given.sslv2hello) {
    o.servername = settings.NO_NAME;
    o.rejectUnauthorized = false; // it would look for that name
  }
  this.kept.offer(o);
  this.clear = tls.connect(o, function () {
    if (given.sslv2hello && given.ca !== undefined) { self.verify(given.name); }
    self.finish();
    if (given.resume !== 'no') { self.kept.take(self.clear, self.protocol); }
  });
};

// What the tls module of Node.js 0.8 and 0.10 does behind the handshake.
Tls.prototype.verify = function (name) {
  var error = this.clear.pair.ssl.verifyError();
  if (!error && !tls.checkServerIdentity(name, this.clear.getPeerCertificate())) {
    error = new Error('Hostname/IP doesn\'t match certificate\'s altnames');
  }
  if (!error) { return; }
  this.clear.authorizationError = error.message;
  this.fail(error);
  this.clear.pair.destroy();
};

Tls.prototype.server = function (stream, given) {
  var self = this, context = this.kept.context(), cache = this.kept.cache(), pair;
  if (!OLD) {
    this.clear = new tls.TLSSocket(stream, { isServer: true, secureContext: context,
      server: cache });
    this.clear.on('secure', function () {
      self.serverName = self.clear.servername;
      self.finish();
    });
    return;
  }
  pair = tls.createSecurePair(context, true, false, false);
  pair.server = cache;
  pair.encrypted.pipe(stream);
  stream.pipe(pair.encrypted);
  this.clear = pair.cleartext;
  pair.on('secure', function () {
    self.serverName = pair.servername;
    self.finish();
  });
  pair.on('error', function (error) { self.fail(error); });
};

// The handshake is over.
Tls.prototype.finish = function () {
  if (this.ready || this.error) { return; }
  this.ready = true;
  this.protocol = this.clear.getProtocol ? this.clear.getProtocol() : null; // since 5.7
  this.resumed = this.clear.isSessionReused ? this.clear.isSessionReused() : null;
  if (this.session.over) { return; }
  this.session.flow.fact('tls.handshake', 'ok');
  this.session.flow.handshakeOver();
  this.session.stage = 'handshake';
  this.session.secured();
};

// Nothing more comes out of it.
Tls.prototype.finished = function () {
  if (!this.ready) {
    this.fail(new Error('the peer closed'));
  } else if (!this.shut) {
    this.end();
  } else {
    this.settle();
  }
};

// OpenSSL's words may name the alert that came.
Tls.prototype.fail = function (error) {
  var words = String(error && error.message || error), found;
  if (this.over || this.error) { return; }
  this.error = words;
  found = /alert number (\d+)/.exec(words);
  if (found) { this.alert = Number(found[1]); }
  this.give();
};

// What it has to say about a failure comes through the transport before that ends.
Tls.prototype.give = function () {
  if (this.given || (transport.BY_SOCKET && !this.gone && !this.wire.end)) { return; }
  this.given = true;
  if (this.ready) { this.end(); } else { this.session.leave(); }
};

Tls.prototype.write = function (data) {
  this.before = this.wire.theirs.count;
  this.clear.write(data);
};

Tls.prototype.end = function () {
  if (this.session.closing && this.closeSent && this.closeReceived) {
    this.session.stage = 'close';
  }
  this.session.leave();
};

// Sends close_notify; the end comes when the peer's has, or the stream's end.
Tls.prototype.shutdown = function () {
  this.shut = true;
  this.clear.end();
};

Tls.prototype.settle = function () {
  if (this.shut && this.protocol === 'TLSv1.3' &&
      this.wire.theirs.count - this.before > this.due) {
    this.closeReceived = true;
  }
  if (this.shut && (this.closeSent || this.gone) &&
      (this.closeReceived || this.wire.end)) {
    this.end();
  }
};

Tls.prototype.tell = function (flow, role, verified) {
  var version = /^TLSv(1(\.\d)?)$/.exec(this.protocol || '');
  this.over = true;
  if (!this.ready) { flow.fact('tls.handshake', 'failed'); }
  if (version) { flow.fact('tls.version', version[2] ? version[1] : '1.0'); }
  if (this.resumed !== null && this.ready) {
    flow.fact('tls.resumed', this.resumed ? 'yes' : 'no');
  }
  flow.fact('tls.verified', verified);
  if (this.alert > 0) { flow.fact('tls.alert.received', this.alert); }
  if (this.alert > 0) { this.closeReceived = false; } // it was that alert
  flow.fact('tls.close', this.closeSent ? this.closeReceived ? 'both' : 'sent' :
    this.closeReceived ? 'received' : 'none');
  if (this.error) { flow.fact('tls.error', this.error.trim()); }
  if (role === 'server') { flow.fact('tls.server-name', this.serverName || '-'); }
};

module.exports = Tls;
