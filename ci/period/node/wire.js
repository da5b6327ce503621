// wire.js - a socket with a tap, a deadline a phase, and one place that knows why
// the stream ended.
'use strict';

var octets = require('./octets');

function Wire(socket, side, flow, deadline) {
  var self = this;
  this.socket = socket;
  this.side = side;
  this.other = side === 'C' ? 'S' : 'C';
  this.flow = flow;
  this.deadline = deadline;
  this.layer = 'smtp';
  this.phaseName = 'connect';
  this.end = ''; // why the stream ended, with the phase; '' it has not
  this.sent = new octets.Digest();
  this.received = new octets.Digest();
  this.onData = this.onEnd = this.onRecord = this.onStreamEnd = function () { };
  this.onTransportEnd = this.onClose = function () { };
  this.theirs = new Records(function (type, length) {
    self.onRecord('received', type, length);
  });
  this.ours = new Records(function (type, length) { self.onRecord('sent', type, length); });
  this.timer = null;
  socket.setNoDelay(true);
  flow.fact('connection.local', '127.0.0.1:' + socket.address().port);
  flow.fact('connection.remote', '127.0.0.1:' + socket.remotePort);
  socket.on('data', function (data) {
    if (self.over) { return; }
    self.received.add(data);
    flow.turn(self.other, self.layer, data, true);
    if (self.layer === 'tls') { self.theirs.add(data); }
    self.onData(data);
  });
  socket.on('end', function () { self.stop('eof'); });
  socket.on('error', function () { self.stop('reset'); });
  socket.on('close', function () { self.stop('reset'); });
}

Wire.prototype.phase = function (name) {
  var self = this;
  this.phaseName = name;
  clearTimeout(this.timer);
  this.timer = setTimeout(function () { self.stop('hang'); }, this.deadline);
};

// Counts the records of one direction and tells the type and length of each.
function Records(seen) {
  this.head = [];
  this.left = 0; // octets of the record that are still to come
  this.count = 0;
  this.seen = seen;
}

Records.prototype.add = function (data) {
  var i = 0, n;
  while (i < data.length) {
    if (this.left > 0) {
      n = Math.min(this.left, data.length - i);
      this.left -= n;
      i += n;
      if (this.left === 0) { this.whole(); }
    } else {
      this.head.push(data[i++]);
      if (this.count === 0 && this.head[0] >= 128 && this.head.length === 2) {
        this.left = (this.head[0] & 127) << 8 | this.head[1]; // the SSLv2 form
      } else if (this.head.length === 5) {
        this.left = this.head[3] << 8 | this.head[4];
        if (this.left === 0) { this.whole(); } // there are empty ones
      }
    }
  }
};

Records.prototype.whole = function () {
  var head = this.head;
  this.head = [];
  this.count += 1;
  this.seen(head[0], head[3] << 8 | head[4]);
};

// The stream has ended.  TLS is told some turns of the event loop later, so that it
// can take in first what came just before; then the session, in whatever state TLS is.
Wire.prototype.stop = function (why) {
  var self = this;
  if (this.end || this.over) { return; }
  this.end = why + '(' + this.phaseName + ')';
  later(function () {
    self.onStreamEnd();
    later(function () { self.onEnd(); });
  });
};

var TURNS = 20;

function later(then) {
  var next = typeof setImmediate === 'function' ? setImmediate : process.nextTick;
  var left = TURNS;
  (function turn() {
    left -= 1;
    if (left > 0) { next(turn); } else { then(); }
  }());
}

Wire.prototype.write = function (data, done) {
  if (this.over || (this.end && this.end.indexOf('eof') !== 0)) {
    if (done) { done(); }
    return;
  }
  this.sent.add(data);
  this.flow.turn(this.side, this.layer, data, false);
  this.socket.write(data, done);
  if (this.layer === 'tls') { this.ours.add(data); }
};

// Says it through TLS, if there is one to say it through.
Wire.prototype.say = function (binary, tls) {
  var data = octets.from(binary);
  if (!tls) {
    this.write(data);
    return;
  }
  this.flow.turn(this.side, 'inside', data, false);
  tls.write(data);
};

Wire.prototype.close = function () {
  clearTimeout(this.timer);
  this.over = true;
  this.onClose();
  this.socket.on('error', function () { });
  this.socket.end();
  this.socket.destroySoon();
};

// The facts of its end; trouble: what was wrong with the protocol.  After a good
// end of TLS nobody asks any more who closed first.
Wire.prototype.tell = function (stage, trouble) {
  this.flow.fact('end', trouble ? 'protocol(' + this.phaseName + ': ' + trouble + ')' :
    stage === 'close' ? 'closed' : this.end || 'closed');
  this.flow.fact('wire.sent', this.sent.octets + ' ' + this.sent.value());
  this.flow.fact('wire.received', this.received.octets + ' ' + this.received.value());
};

exports.Wire = Wire;
exports.later = later;
