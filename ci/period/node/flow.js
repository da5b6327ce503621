// flow.js - writes a session as a flow (vectors/README.md).
'use strict';

var LINE = 32; // octets a line

function Flow(number, listed) {
  this.text = 'connection: ' + number + '\n';
  this.last = '';
  this.limit = 0; // octets listed of a turn; 0: all
  this.listed = listed; // what limit becomes after the handshake
}

function escape(binary, quote) {
  var out = '', i, code;
  for (i = 0; i < binary.length; i++) {
    code = binary.charCodeAt(i);
    if (code === 13) { out += '\\r';
    } else if (code === 10) { out += '\\n';
    } else if (code === 92 || (code === 34 && quote)) { out += '\\' + binary.charAt(i);
    } else if (code >= 32 && code < 127) { out += binary.charAt(i);
    } else { out += '\\x' + ('0' + (code & 255).toString(16)).slice(-2); }
  }
  return out;
}

// A write is a turn; what is read goes on in the turn before, if that was read too.
Flow.prototype.turn = function (sender, layer, buffer, isRead) {
  var shown = buffer.length, turn = sender + layer, i, at, part;
  if (!isRead || this.last !== turn) {
    this.text += sender + '> ' + layer + '\n';
  }
  this.last = isRead ? turn : '';
  if (this.limit > 0 && layer !== 'smtp' && shown > this.limit) {
    shown = this.limit;
  }
  if (layer === 'tls') {
    for (i = 0; i < shown; i += LINE) {
      this.text += '  ' + buffer.slice(i, Math.min(shown, i + LINE)).toString('hex') + '\n';
    }
  } else {
    part = buffer.slice(0, shown).toString('binary');
    while (part.length > 0) {
      at = part.indexOf('\n') + 1;
      if (at === 0 || at > 4 * LINE) { at = Math.min(part.length, 4 * LINE); }
      this.text += '  "' + escape(part.slice(0, at), true) + '"\n';
      part = part.slice(at);
    }
  }
  if (shown < buffer.length) {
    this.text += '  ... ' + (buffer.length - shown) + '\n';
  }
};

Flow.prototype.fact = function (name, value) {
  this.text += '= ' + name + ' ' + escape(String(value), false).slice(0, 900) + '\n';
  this.last = '';
};

Flow.prototype.handshakeOver = function () {
  this.limit = this.listed;
};

module.exports = Flow;
