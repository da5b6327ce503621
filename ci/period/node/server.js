// server.js - a STARTTLS server over the tls module of any Node.js since 0.8: ES5,
// one process, a record for each session (CONTRIBUTING.md).
'use strict';

var net = require('net');
var Flow = require('./flow');
var Kept = require('./kept');
var octets = require('./octets');
var options = require('./options');
var Tls = require('./upgrade');
var Wire = require('./wire').Wire;

var given = options.read('server', process.argv.slice(2));
var SIZE = 16 << 20; // octets of a message, at most
var ERRORS = 20; // refused commands until it hangs up

function Session(socket, number, done) {
  var self = this;
  this.done = done;
  this.flow = new Flow(number, Number(given['list-octets']));
  this.wire = new Wire(socket, 'S', this.flow, Number(given.deadline));
  this.wire.onData = function (data) { self.take(data); };
  this.wire.onEnd = function () { self.leave(); };
  this.text = '';
  this.verbs = [[], []];
  this.codes = [[], []];
  this.stage = 'greeting';
  this.messages = this.errors = 0;
  this.wire.phase('greeting');
  this.reply(220, 'mx.example ESMTP');
}

Session.prototype.say = function (binary) {
  this.wire.say(binary, this.tls);
};

Session.prototype.reply = function (code, words) {
  this.codes[this.tls ? 1 : 0].push(code);
  if (code >= 500) { this.errors += 1; }
  this.say(code + ' ' + words + '\r\n');
};

Session.prototype.reset = function () {
  this.mail = false;
  this.recipients = 0;
};

// RFC 5321 4.1.1 and RFC 3207 4: phase, and what is done.
var COMMANDS = {
  EHLO: ['ehlo', function (words) {
    if (!words) { return this.reply(501, 'EHLO needs a name'); }
    this.reset();
    this.greeted = true;
    this.codes[this.tls ? 1 : 0].push(250);
    this.say('250-mx.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SIZE ' + SIZE +
      '\r\n' + (given.starttls !== 'absent' && !this.tls ? '250-STARTTLS\r\n' : '') +
      '250 HELP\r\n');
  }],
  HELO: ['ehlo', function (words) {
    if (!words) { return this.reply(501, 'HELO needs a name'); }
    this.reset();
    this.greeted = true;
    this.reply(250, 'mx.example');
  }],
  STARTTLS: ['starttls', function (words) {
    if (given.starttls === 'absent') { return this.reply(502, 'not offered here'); }
    if (this.tls) { return this.reply(503, 'TLS is already there'); }
    if (words) { return this.reply(501, 'STARTTLS takes no parameters'); }
    if (!this.greeted) { return this.reply(503, 'EHLO first'); }
    if (given.starttls === '454') { return this.reply(454, 'not for the moment'); }
    this.reply(220, 'Ready to start TLS');
    this.stage = 'starttls';
    this.startTls();
  }],
  MAIL: ['mail', function (words) {
    var found = /^FROM: ?<[^>]*>( .*)?$/i.exec(words), size;
    if (!this.greeted) { return this.reply(503, 'EHLO first'); }
    if (this.mail) { return this.reply(503, 'a transaction is open'); }
    if (!found) { return this.reply(501, 'MAIL FROM:<path>'); }
    this.flow.fact('smtp.mail.parameters', (found[1] || '').trim() || '-');
    size = /SIZE=(\d+)/i.exec(found[1] || '');
    if (size && Number(size[1]) > SIZE) { return this.reply(552, 'that is too much'); }
    this.mail = true;
    this.reply(250, 'OK');
  }],
  RCPT: ['mail', function (words) {
    if (!this.mail) { return this.reply(503, 'MAIL first'); }
    if (!/^TO: ?<[^>]*>( .*)?$/i.test(words)) { return this.reply(501, 'RCPT TO:<path>'); }
    this.recipients += 1;
    this.reply(250, 'OK');
  }],
  DATA: ['mail', function () {
    if (!this.mail) { return this.reply(503, 'MAIL first'); }
    if (!this.recipients) { return this.reply(503, 'RCPT first'); }
    this.body = { digest: new octets.Digest() };
    this.reply(354, 'go ahead');
  }],
  RSET: ['mail', function () { this.reset(); this.reply(250, 'OK'); }],
  NOOP: ['mail', function () { this.reply(250, 'OK'); }],
  VRFY: ['mail', function () { this.reply(252, 'send it and see'); }],
  HELP: ['mail', function () { this.reply(214, 'RFC 5321, RFC 3207'); }],
  QUIT: ['quit', function () {
    this.reply(221, 'bye');
    this.stage = 'quit';
    this.shutdown();
  }]
};
var FREE = ['NOOP', 'EHLO', 'STARTTLS', 'QUIT']; // before TLS, where it is required

Session.prototype.take = function (data) {
  var at, line;
  this.text += data.toString('binary');
  while (!this.over && !this.closing && (at = this.text.indexOf('\r\n')) >= 0) {
    line = this.text.slice(0, at);
    this.text = this.text.slice(at + 2);
    if (this.body) { this.bodyLine(line); } else { this.line(line); }
    if (this.starting) { return; }
  }
  if (this.text.length > SIZE) { this.leave(); }
};

Session.prototype.line = function (line) {
  var blank = line.indexOf(' '), verb = (blank < 0 ? line : line.slice(0, blank)).toUpperCase();
  var words = blank < 0 ? '' : line.slice(blank).trim(), inside = this.tls ? 1 : 0;
  var command = COMMANDS.hasOwnProperty(verb) ? COMMANDS[verb] : null, phase;
  if (line.length > 510 || !command) {
    this.verbs[inside].push('?');
    this.reply(500, line.length > 510 ? 'the line is too long' : 'no such command');
  } else {
    phase = command[0] === 'ehlo' && inside ? 'ehlo-tls' : command[0];
    this.verbs[inside].push(verb);
    this.wire.phase(phase);
    if (given.starttls === 'require' && !inside && FREE.indexOf(verb) < 0) {
      this.reply(530, 'Must issue a STARTTLS command first');
    } else {
      this.stage = phase;
      command[1].call(this, words);
    }
  }
  if (this.errors >= ERRORS) {
    this.trouble = 'too many errors';
    this.leave();
  }
};

Session.prototype.bodyLine = function (line) {
  var digest = this.body.digest;
  if (line === '.') {
    this.body = null;
    this.reset();
    this.messages += 1;
    this.flow.fact('mail.octets', digest.octets);
    this.flow.fact('mail.digest', digest.value());
    this.reply(250, 'taken');
    return;
  }
  digest.add(octets.from((line.charAt(0) === '.' ? line.slice(1) : line) + '\r\n'));
};

Session.prototype.startTls = function () {
  this.flow.fact('smtp.pending', this.text.length);
  this.text = ''; // RFC 3207 4.2: not to be executed inside
  this.starting = true;
  this.wire.phase('handshake');
  this.wire.layer = 'tls';
  this.upgrade = new Tls(this, 'server', given, kept);
};

Session.prototype.secured = function () {
  this.tls = this.upgrade;
  this.starting = false;
  this.greeted = false; // RFC 3207 4.2
  this.reset();
};

Session.prototype.shutdown = function () {
  this.closing = true;
  if (!this.tls) { return this.leave(); }
  this.wire.phase('close');
  this.tls.shutdown();
};

function listed(list) {
  return list.join(' ') || '-';
}

Session.prototype.leave = function () {
  if (this.over) { return; }
  this.over = true;
  this.flow.fact('smtp.commands.plain', listed(this.verbs[0]));
  this.flow.fact('smtp.replies.plain', listed(this.codes[0]));
  this.flow.fact('smtp.commands.tls', listed(this.verbs[1]));
  this.flow.fact('smtp.replies.tls', listed(this.codes[1]));
  if (this.upgrade) { this.upgrade.tell(this.flow, 'server', 'unchecked'); }
  this.flow.fact('mail', this.messages === 0 ? 'none' :
    this.tls ? 'received-tls' : 'received-plain');
  this.flow.fact('mail.count', this.messages);
  this.flow.fact('stage', this.stage);
  this.wire.tell(this.stage, this.trouble);
  this.wire.close();
  this.done(this);
};

// A session is given.connections connections, one after another, if they come; who
// comes while another is there waits for its greeting.
var waiting = [], current = null, text = '', number = 0, timer = null;
var kept = new Kept(given);

// What a tls module throws where nobody can catch it ends the connection, not the rest.
process.on('uncaughtException', function (error) {
  if (!current) { return; }
  if (current.upgrade) { current.upgrade.fail(error); }
  current.leave();
});

function serve() {
  var socket;
  if (current || waiting.length === 0) { return; }
  clearTimeout(timer);
  socket = waiting.shift();
  number += 1;
  current = new Session(socket, number, function (session) {
    current = null;
    text += session.flow.text;
    if (number >= Number(given.connections)) {
      print();
    } else {
      timer = setTimeout(print, Number(given.deadline));
    }
    serve();
  });
  socket.resume();
}

function print() {
  clearTimeout(timer);
  process.stdout.write(text + '= exit 0\n');
  text = '';
  number = 0;
  kept = new Kept(given);
  if (given.once) { process.exit(0); }
}

if (!given.cert || !given.key || !/^127\.0\.0\.1:\d+$/.test(given.listen || '')) {
  process.stderr.write('server: give --listen 127.0.0.1:PORT, --cert and --key\n');
  process.exit(2);
}
var server = net.createServer(function (socket) {
  socket.pause();
  socket.on('error', function () { });
  waiting.push(socket);
  serve();
});
server.on('error', function (error) {
  process.stderr.write('server: cannot listen: ' + error.message + '\n');
  process.exit(1);
});
server.listen(Number(given.listen.slice(10)), '127.0.0.1', function () {
  process.stdout.write('= listen 127.0.0.1:' + server.address().port + '\n');
});
if (given.tied) {
  process.stdin.on('end', function () { process.exit(0); });
  process.stdin.resume();
}
