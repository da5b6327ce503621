// starttls_node.js - says a ClientHello after STARTTLS with any Node.js since 0.8.
//
//     node starttls_node.js HOST PORT [OPTION=VALUE ...]
//
//     protocol=NAME   secureProtocol, such as TLSv1_2_method
//     options=HEX     secureOptions, such as 10000000 (no TLS 1.1)
//     ciphers=LIST    in OpenSSL's words
//     form=sslv2      the SSLv2 form, where this OpenSSL still has it
//
// OpenSSL 1.0.x takes the SSLv2 form when kinds of SSL 2.0 are enabled and no
// extension is to be sent.  Node.js always gives a server name, so the connection
// is made below its tls module with a name of more than 255 characters, which
// OpenSSL refuses: then there is none.  ES5, because Node.js 0.8 is.
'use strict';

var net = require('net');
var tls = require('tls');
var crypto = require('crypto');
var host = process.argv[2], port = Number(process.argv[3]), given = {};
process.argv.slice(4).forEach(function (word) {
  var at = word.indexOf('=');
  given[word.slice(0, at)] = word.slice(at + 1);
});

function settings() {
  var o = { rejectUnauthorized: false };
  if (given.protocol) { o.secureProtocol = given.protocol; }
  if (given.options) { o.secureOptions = parseInt(given.options, 16); }
  if (given.ciphers) { o.ciphers = given.ciphers; }
  return o;
}

function old() {
  return typeof tls.connect !== 'function' || !tls.TLSSocket;
}

// Node.js before 0.11: a pair of streams.
function handshakeOld(socket) {
  var credentials = crypto.createCredentials(settings());
  var pair = tls.createSecurePair(credentials, false, true, false);
  pair.encrypted.pipe(socket);
  socket.pipe(pair.encrypted);
  pair.on('error', leave);
  pair.cleartext.on('error', leave);
}

function handshake(socket) {
  var o = settings();
  o.socket = socket;
  o.servername = 'mx.example';
  tls.connect(o).on('error', leave);
}

function handshakeSslv2(socket) {
  var credentials = crypto.createCredentials(settings());
  var Connection = process.binding('crypto').Connection;
  var name = new Array(300).join('x');
  var connection = new Connection(credentials.context, false, name, false);
  var octets = new Buffer(65536), n;
  connection.start();
  n = connection.encOut(octets, 0, octets.length);
  if (n > 0) { socket.write(octets.slice(0, n)); }
}

function leave(why) {
  console.log(String(why && why.message || why));
  process.exit(0);
}

var socket = net.connect(port, host), text = '', step = 0;
socket.on('error', leave);
socket.on('close', function () { leave('closed'); });
socket.on('data', function take(data) {
  if (step > 2) { return; }
  text += data.toString();
  if (!/(^|\n)\d\d\d [^\n]*\n$/.test(text)) { return; }
  text = '';
  step += 1;
  if (step === 1) {
    socket.write('EHLO client.example\r\n');
  } else if (step === 2) {
    socket.write('STARTTLS\r\n');
  } else {
    if (given.form === 'sslv2') { handshakeSslv2(socket); return; }
    socket.removeListener('data', take);
    if (old()) { handshakeOld(socket); } else { handshake(socket); }
  }
});
