// options.js - the command line of both programs, and what they say about
// themselves (CONTRIBUTING.md, "The contract of a program").
'use strict';

var tls = require('tls');
var Kept = require('./kept');
var settings = require('./settings');

var VERSIONS = ['1.0', '1.1', '1.2', '1.3'];
var FLAGS = ['--jobs', '--version', '--capabilities', '--list', '--old', '--secrets',
  '--tied', '--help', '--once', '--sslv2hello'];
var CHOICES = {
  '--policy': ['none', 'opportunistic', 'mandatory'],
  '--starttls': ['offer', '454', 'absent', 'require'],
  '--tls-min': VERSIONS,
  '--tls-max': VERSIONS,
  '--resume': ['no', 'id', 'ticket']
};
var BOTH = ['--tls-min', '--tls-max', '--ca', '--resume', '--deadline', '--list-octets',
  '--connections', '--fault', '--stimulus'];
var OF = {
  client: ['--to', '--name', '--policy', '--message'].concat(BOTH),
  server: ['--listen', '--cert', '--key', '--starttls'].concat(BOTH)
};

function leave(role, code, why) {
  process.stderr.write(role + ': ' + why + '\n');
  process.exit(code);
}

// The options as an object by name without "--"; answers about itself end here.
exports.read = function (role, words) {
  var given = { name: 'mx.example', policy: 'mandatory', starttls: 'offer', resume: 'no',
    message: '8192', connections: '1', deadline: '5000', 'list-octets': '256' }, i, word;
  for (i = 0; i < words.length; i++) {
    word = words[i];
    if (FLAGS.indexOf(word) >= 0) {
      given[word.slice(2)] = true;
    } else if (OF[role].indexOf(word) < 0) {
      leave(role, 2, 'no option ' + word + '; see CONTRIBUTING.md');
    } else if (++i === words.length) {
      leave(role, 2, word + ' needs a value');
    } else if (CHOICES[word] && CHOICES[word].indexOf(words[i]) < 0) {
      leave(role, 89, word + ' cannot be ' + words[i]);
    } else {
      given[word.slice(2)] = words[i];
    }
  }
  if (given.fault || given.stimulus) {
    leave(role, 89, 'it has no faults and no stimuli: it is here for its TLS library');
  }
  if (given.version) {
    console.log(settings.version(given));
    process.exit(0);
  }
  if (given.list) { process.exit(0); }
  if (given.capabilities) {
    capabilities(role, given);
    process.exit(0);
  }
  if (given.sslv2hello && (role !== 'client' || !settings.HAS_SSLV2_FORM)) {
    leave(role, 89, 'only a client over OpenSSL 1.0.0 and 1.0.1 can send the SSLv2 form');
  }
  if (given.resume !== 'no' && Kept.cannot(role, given.resume, given)) {
    leave(role, 89, '--resume ' + given.resume + ': ' +
      Kept.cannot(role, given.resume, given));
  }
  try {
    given.tls = settings.of(given);
  } catch (error) {
    leave(role, 89, settings.NAME + ' cannot do this: ' + error.message);
  }
  return given;
};

function capabilities(role, given) {
  var can = [], natural = [], kinds = [];
  console.log('= library ' + settings.NAME + ' ' + settings.version(given));
  VERSIONS.forEach(function (version) {
    try {
      settings.of({ 'tls-min': version, 'tls-max': version, old: version < '1.2',
        sslv2hello: given.sslv2hello, resume: 'no' });
      can.push(version);
    } catch (error) {
      console.log('= cannot.tls ' + version + ' ' + error.message);
    }
    if (settings.has(version)) { natural.push(version); }
  });
  console.log('= can.tls ' + (can.join(' ') || '-'));
  if (given.sslv2hello) { console.log('= can.natural ' + natural.join(' ')); }
  if (given.sslv2hello) { console.log('= can.form sslv2'); }
  console.log('= can.cert ' + (settings.takesEcdsa(role, given) ? 'rsa ecdsa' : 'rsa'));
  ['id', 'ticket'].forEach(function (kind) {
    var why = Kept.cannot(role, kind, given);
    if (why) { console.log('= cannot.resume ' + kind + ' ' + why); } else { kinds.push(kind); }
  });
  console.log('= can.resume ' + (kinds.join(' ') || '-'));
  console.log('= can.secrets no');
}
