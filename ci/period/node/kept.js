// kept.js - what is kept from one connection of a session to the next so that the second
// can resume: a client's session; a server's context, in which are its ticket keys, and
// the sessions that it gave an id to.
'use strict';

var events = require('events');
var settings = require('./settings');

function Kept(given) {
  this.given = given;
  this.session = null;
  this.made = null;
  this.byId = {};
}

// What a client is to offer is in the options of its connection.
Kept.prototype.offer = function (o) {
  if (this.given.resume !== 'no' && this.session) { o.session = this.session; }
};

// Up to TLS 1.2 the session is there when the handshake is over; in TLS 1.3 it comes
// when the server likes.
Kept.prototype.take = function (clear, protocol) {
  var self = this;
  if (protocol !== 'TLSv1.3') {
    this.session = clear.getSession();
  } else {
    clear.on('session', function (session) { self.session = session; });
  }
};

// The context of a server, always a new one if nothing is to be resumed.
Kept.prototype.context = function () {
  if (this.given.resume === 'no' || !this.made) {
    this.made = settings.context(this.given.tls);
  }
  return this.made;
};

// Who a server's connection asks for a session by its id: no cache is its own.
Kept.prototype.cache = function () {
  var asked = new events.EventEmitter(), byId = this.byId;
  if (this.given.resume !== 'id') { return undefined; }
  asked.on('newSession', function (id, session, done) {
    byId[id.toString('hex')] = session;
    if (done) { done(); }
  });
  asked.on('resumeSession', function (id, done) {
    done(null, byId[id.toString('hex')] || null);
  });
  return asked;
};

// Why the tls module that is here cannot resume so; '' it can.
var MISSING = {
  'deno client id': 'its tls module gives no session away',
  'deno client ticket': 'its tls module gives no session away',
  'deno server id': 'its tls module asks nobody for the session of an id',
  'bun server id': 'its tls module asks nobody for the session of an id'
};

Kept.cannot = function (role, kind, given) {
  if (given.sslv2hello) { return 'a hello that resumes is not in the SSLv2 form'; }
  return MISSING[settings.NAME + ' ' + role + ' ' + kind] || '';
};

module.exports = Kept;
