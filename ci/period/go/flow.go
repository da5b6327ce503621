// flow.go - writes a session as a flow (vectors/README.md), and the digest of this
// suite.

package main

import (
	"fmt"
	"hash"
	"hash/fnv"
	"strings"
)

const lineOctets = 32

type flow struct {
	text   strings.Builder
	last   string
	listed int
	limit  int // octets listed of a turn; 0: all
}

func newFlow(number, listed int) *flow {
	f := &flow{listed: listed}
	fmt.Fprintf(&f.text, "connection: %d\n", number)
	return f
}

func (f *flow) handshakeOver() {
	f.limit = f.listed
}

// A write is a turn; what is read goes on in the turn before, if that was read too.
func (f *flow) turn(sender, layer string, octets []byte, isRead bool) {
	turn := sender + layer
	if !isRead || f.last != turn {
		fmt.Fprintf(&f.text, "%s> %s\n", sender, layer)
	}
	f.last = ""
	if isRead {
		f.last = turn
	}
	shown := octets
	if f.limit > 0 && layer != "smtp" && len(shown) > f.limit {
		shown = shown[:f.limit]
	}
	for rest := shown; len(rest) > 0; {
		at := lineOctets
		if layer != "tls" {
			at = 4 * lineOctets
			if i := strings.IndexByte(string(rest), '\n'); i >= 0 && i < at {
				at = i + 1
			}
		}
		if at > len(rest) {
			at = len(rest)
		}
		if layer == "tls" {
			fmt.Fprintf(&f.text, "  %x\n", rest[:at])
		} else {
			fmt.Fprintf(&f.text, "  \"%s\"\n", escape(string(rest[:at]), true))
		}
		rest = rest[at:]
	}
	if len(shown) < len(octets) {
		fmt.Fprintf(&f.text, "  ... %d\n", len(octets)-len(shown))
	}
}

func (f *flow) fact(name string, value any) {
	said := escape(fmt.Sprint(value), false)
	if len(said) > 900 {
		said = said[:900]
	}
	fmt.Fprintf(&f.text, "= %s %s\n", name, said)
	f.last = ""
}

func escape(plain string, quote bool) string {
	var out strings.Builder
	for _, c := range []byte(plain) {
		switch {
		case c == '\r':
			out.WriteString(`\r`)
		case c == '\n':
			out.WriteString(`\n`)
		case c == '\\' || c == '"' && quote:
			out.WriteByte('\\')
			out.WriteByte(c)
		case c >= 32 && c < 127:
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, `\x%02x`, c)
		}
	}
	return out.String()
}

type digest struct {
	count int
	hash  hash.Hash64
}

func newDigest() *digest {
	return &digest{hash: fnv.New64a()}
}

func (d *digest) add(octets []byte) {
	d.count += len(octets)
	d.hash.Write(octets)
}

func (d *digest) value() string {
	return fmt.Sprintf("%016x", d.hash.Sum64())
}
