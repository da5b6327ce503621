// client.js - a STARTTLS client over the tls module of any Node.js since 0.8: ES5,
// one process, a session for each line of work (CONTRIBUTING.md).
'use strict';

var net = require('net');
var Flow = require('./flow');
var Kept = require('./kept');
var octets = require('./octets');
var options = require('./options');
var Tls = require('./upgrade');
var Wire = require('./wire').Wire;

var given = options.read('client', process.argv.slice(2));
var HEADER = 'From: <a@client.example>\r\nTo: <b@mx.example>\r\n' +
  'Subject: interop\r\n\r\n';
var WIDTH = 76; // of a line without CRLF

function Session(host, port, policy, number, kept, done) {
  var self = this, socket = net.connect(port, host);
  this.flow = new Flow(number, Number(given['list-octets']));
  this.policy = policy;
  this.kept = kept;
  this.done = done;
  this.text = '';
  this.keywords = '';
  this.stage = 'connect';
  this.outcome = '';
  this.tls = null;
  this.refused = function (error) {
    self.flow.fact('end', 'connect: ' + error.message);
    done(self);
  };
  socket.on('error', this.refused);
  socket.on('connect', function () { self.begin(socket); });
}

Session.prototype.begin = function (socket) {
  var self = this;
  socket.removeListener('error', this.refused);
  this.wire = new Wire(socket, 'C', this.flow, Number(given.deadline));
  this.wire.onData = function (data) { self.take(data); };
  this.wire.onEnd = function () { self.leave(); };
  this.enter('GREETING');
};

// A row is a state: phase, fact, what is sent, the reply that leads on, where to;
// and where any other reply leads.
var STEPS = {
  GREETING: ['greeting', 'greeting', '', '220', 'EHLO', 'giveUp'],
  EHLO: ['ehlo', 'ehlo', 'EHLO client.example', '250', 'afterEhlo', 'giveUp'],
  STARTTLS: ['starttls', 'starttls', 'STARTTLS', '220', 'handshake', 'withoutTls'],
  'EHLO-TLS': ['ehlo-tls', 'ehlo-tls', 'EHLO client.example', '250', 'MAIL', 'giveUp'],
  MAIL: ['mail', 'mail', 'MAIL FROM:<a@client.example>', '250', 'RCPT', 'rejected'],
  RCPT: ['mail', 'rcpt', 'RCPT TO:<b@mx.example>', '250', 'DATA', 'rejected'],
  DATA: ['mail', 'data', 'DATA', '354', 'MESSAGE', 'rejected'],
  MESSAGE: ['mail', 'message', '', '250', 'afterMessage', 'rejected'],
  QUIT: ['quit', 'quit', 'QUIT', '', 'shutdown', '']
};

Session.prototype.enter = function (state) {
  var command = STEPS[state][2], size;
  this.state = state;
  this.wire.phase(STEPS[state][0]);
  if (state === 'MAIL' && /(^| )SIZE(=| |$)/i.test(this.keywords)) { // RFC 1870
    size = Number(given.message);
    command += ' SIZE=' + (HEADER.length + (size < 2 ? 0 : size));
  }
  if (state === 'MESSAGE') { this.message(); }
  if (command) { this.say(command + '\r\n'); }
};

Session.prototype.say = function (binary) {
  this.wire.say(binary, this.tls);
};

// clients/message.c tells why it looks so.
Session.prototype.message = function () {
  var left = Number(given.message), number = 0, digest = new octets.Digest(), n, line;
  var out = HEADER;
  digest.add(octets.from(HEADER));
  for (number = 0; left >= 2; number++) {
    n = Math.min(left, WIDTH + 2);
    if (left - n > 0 && left - n < 2) { n--; }
    line = n > 12 ? (number % 7 === 0 ? '.' : '') + number % 1000000 + ' ' : '';
    while (line.length < n - 2) { line += 'xxxxxxxx'.slice(0, n - 2 - line.length); }
    line += '\r\n';
    digest.add(octets.from(line));
    out += (line.charAt(0) === '.' ? '.' : '') + line; // RFC 5321 4.5.2
    left -= n;
    if (out.length > 15000) {
      this.say(out);
      out = '';
    }
  }
  if (out) { this.say(out); }
  this.flow.fact('mail.octets', digest.octets);
  this.flow.fact('mail.digest', digest.value());
  this.say('.\r\n');
};

Session.prototype.take = function (data) {
  var reply;
  this.text += data.toString('binary');
  while (!this.over && (reply = this.reply())) { this.react(reply); }
};

// A whole reply (RFC 5321 4.2), or null.
Session.prototype.reply = function () {
  var lines = [], rest = this.text, at;
  while ((at = rest.indexOf('\r\n')) >= 0) {
    lines.push(rest.slice(0, at));
    rest = rest.slice(at + 2);
    if (!/^[2-5]\d\d([ -]|$)/.test(lines[lines.length - 1]) ||
        lines[lines.length - 1].length > 510 || lines.length > 100) {
      this.trouble = 'no reply by RFC 5321 4.2';
      this.leave();
      return null;
    }
    if (lines[lines.length - 1].charAt(3) !== '-') {
      this.text = rest;
      return lines;
    }
  }
  return null;
};

Session.prototype.react = function (lines) {
  var step = STEPS[this.state], code = lines[0].slice(0, 3), next;
  this.flow.fact('smtp.' + step[1], code);
  if (this.state === 'EHLO' || this.state === 'EHLO-TLS') {
    this.keywords = lines.slice(1).map(function (line) {
      return line.slice(4).replace(/ /g, '=').replace(/[^!-~]/g, '?');
    }).join(' ');
    this.flow.fact('smtp.' + step[1] + '.keywords', this.keywords || '-');
  }
  next = step[3] && code !== step[3] ? step[5] : step[4];
  if (!step[3] || code === step[3]) { this.stage = step[0]; }
  if (STEPS[next]) { this.enter(next); } else { this[next](); }
};

Session.prototype.afterEhlo = function () {
  if (this.policy === 'none') {
    this.enter('MAIL');
  } else if (/(^| )STARTTLS(=| |$)/i.test(this.keywords)) {
    this.enter('STARTTLS');
  } else {
    this.withoutTls();
  }
};

Session.prototype.withoutTls = function () {
  if (this.policy === 'opportunistic') {
    this.enter('MAIL');
  } else {
    this.giveUp();
  }
};

Session.prototype.giveUp = function () {
  this.outcome = 'deferred';
  this.enter('QUIT');
};

Session.prototype.rejected = function () {
  this.outcome = 'rejected';
  this.enter('QUIT');
};

Session.prototype.afterMessage = function () {
  this.outcome = this.tls ? 'delivered-tls' : 'delivered-plain';
  this.enter('QUIT');
};

Session.prototype.handshake = function () {
  this.flow.fact('smtp.pending', this.text.length);
  if (this.text.length > 0) {
    this.trouble = 'octets behind the 220';
    this.leave();
    return;
  }
  this.wire.phase('handshake');
  this.wire.layer = 'tls';
  this.tls = new Tls(this, 'client', given, this.kept);
};

Session.prototype.secured = function () {
  this.keywords = ''; // RFC 3207 4.2
  this.enter('EHLO-TLS');
};

Session.prototype.shutdown = function () {
  if (!this.tls) {
    this.stage = 'close';
    this.leave();
    return;
  }
  this.closing = true;
  this.wire.phase('close');
  this.tls.shutdown();
};

Session.prototype.leave = function () {
  var verified;
  if (this.over) { return; }
  this.over = true;
  if (this.tls) {
    this.tlsFailed = !this.tls.ready;
    verified = given.ca === undefined ? 'unchecked' : this.tls.ready ? 'yes' :
      this.tls.clear && this.tls.clear.authorizationError ? 'no' : 'unchecked';
    this.tls.tell(this.flow, 'client', verified);
  }
  this.flow.fact('mail', this.outcome || 'deferred');
  this.flow.fact('stage', this.stage);
  this.wire.tell(this.stage, this.trouble);
  this.wire.close();
  this.done(this);
};

// One session of work: 1 to N connections, and one more in clear if that may be.
function work(line, done) {
  var at = line.lastIndexOf(':'), host = line.slice(0, at), port = Number(line.slice(at + 1));
  var text = '', number = 0, kept = new Kept(given);
  if (at < 0 || !(port > 0 && port < 65536)) {
    process.stderr.write('client: work is a line 127.0.0.1:PORT\n');
    process.exit(2);
  }
  function next(policy) {
    number += 1;
    current = new Session(host, port, policy, number, kept, function (session) {
      text += session.flow.text;
      if (session.tlsFailed && policy === 'opportunistic') {
        next('none');
      } else if (session.outcome === 'delivered-tls' &&
          number < Number(given.connections)) {
        next(policy);
      } else {
        done(text + '= exit ' + (session.wire ? 0 : 1) + '\n');
      }
    });
  }
  next(given.policy);
}

// What a tls module throws where nobody can catch it ends the session, not the rest.
var current = null;

process.on('uncaughtException', function (error) {
  if (!current || current.over || !current.wire) { return; }
  if (current.tls) { current.tls.fail(error); }
  current.leave();
});

var waiting = [], busy = false, ended = false;

function turn() {
  if (busy) { return; }
  if (waiting.length === 0) {
    if (ended) { process.exit(0); }
    return;
  }
  busy = true;
  work(waiting.shift(), function (record) {
    process.stdout.write(record);
    busy = false;
    turn();
  });
}

if (given.to) {
  waiting.push(given.to);
  ended = true;
  turn();
} else if (given.jobs) {
  (function () {
    var text = '';
    process.stdin.on('data', function (data) {
      var lines = (text + data).split('\n');
      text = lines.pop();
      waiting = waiting.concat(lines);
      turn();
    });
    process.stdin.on('end', function () { ended = true; turn(); });
    process.stdin.resume();
  }());
} else {
  process.stderr.write('client: give --to HOST:PORT or --jobs\n');
  process.exit(2);
}
