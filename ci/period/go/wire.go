// wire.go - a connection with a tap, a deadline a phase, one place that knows why the
// stream ended, and the switch to TLS on it.

package main

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"reflect"
	"strings"
	"time"
)

type wire struct {
	net.Conn
	side, layer, phase, end string
	flow                    *flow
	o                       *options
	sent, received          *digest
	until                   time.Time

	tls                      *tls.Conn
	over                     bool // the handshake
	closeSent, closeReceived bool
	failure                  string
	alert                    int
	lines                    *bufio.Reader
}

func newWire(conn net.Conn, side string, f *flow, o *options) *wire {
	w := &wire{Conn: conn, side: side, layer: "smtp", phase: "connect", flow: f, o: o,
		sent: newDigest(), received: newDigest()}
	w.lines = bufio.NewReaderSize(reader{w}, 16384)
	f.fact("connection.local", conn.LocalAddr())
	f.fact("connection.remote", conn.RemoteAddr())
	return w
}

func (w *wire) enter(phase string) {
	w.phase = phase
	w.until = time.Now().Add(time.Duration(w.o.number("deadline")) * time.Millisecond)
	w.SetDeadline(w.until)
}

func other(side string) string {
	if side == "C" {
		return "S"
	}
	return "C"
}

func (w *wire) ended(err error) {
	why := "reset"
	if errors.Is(err, io.EOF) {
		why = "eof"
	} else if errors.Is(err, os.ErrDeadlineExceeded) {
		why = "hang"
	}
	if w.end == "" {
		w.end = fmt.Sprintf("%s(%s)", why, w.phase)
	}
}

// Read and Write are what crypto/tls uses.
func (w *wire) Read(octets []byte) (int, error) {
	n, err := w.Conn.Read(octets)
	if n > 0 {
		w.received.add(octets[:n])
		w.flow.turn(other(w.side), w.layer, octets[:n], true)
	}
	if err != nil {
		w.ended(err)
	}
	return n, err
}

func (w *wire) Write(octets []byte) (int, error) {
	n, err := w.Conn.Write(octets)
	if n > 0 {
		w.sent.add(octets[:n])
		w.flow.turn(w.side, w.layer, octets[:n], false)
	}
	if err != nil {
		w.ended(err)
	}
	return n, err
}

// reader is what lines are read from: the wire, or TLS on it.
type reader struct{ w *wire }

func (r reader) Read(octets []byte) (int, error) {
	w := r.w
	if !w.over {
		return w.Read(octets)
	}
	n, err := w.tls.Read(octets)
	if n > 0 {
		w.flow.turn(other(w.side), "inside", octets[:n], true)
	}
	if err != nil {
		w.note(err)
	}
	return n, err
}

// crypto/tls says io.EOF for a close_notify, and for an end of the stream between two
// records.
func (w *wire) note(err error) {
	if err == io.EOF {
		w.closeReceived = w.end == ""
		return
	}
	if w.failure == "" {
		w.failure = err.Error()
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" {
		if v := reflect.ValueOf(op.Err); v.Kind() == reflect.Uint8 {
			w.alert = int(v.Uint())
		}
	}
}

func (w *wire) say(text string) error {
	if !w.over {
		_, err := w.Write([]byte(text))
		return err
	}
	w.flow.turn(w.side, "inside", []byte(text), false)
	_, err := w.tls.Write([]byte(text))
	if err != nil {
		w.note(err)
	}
	return err
}

// A line without CRLF.
func (w *wire) line() (string, error) {
	var line string
	for !strings.HasSuffix(line, "\r\n") {
		part, err := w.lines.ReadString('\n')
		line += part
		if err != nil {
			return "", err
		}
		if len(line) > 1<<20 {
			return "", errors.New("a line is too long")
		}
	}
	return strings.TrimSuffix(line, "\r\n"), nil
}

// RFC 3207 4: what came in clear behind the switch is dropped.
func (w *wire) startTLS(config *tls.Config) bool {
	w.lines.Discard(w.lines.Buffered())
	w.enter("handshake")
	w.layer = "tls"
	if w.side == "C" {
		w.tls = tls.Client(w, config)
	} else {
		w.tls = tls.Server(w, config)
	}
	if err := w.tls.Handshake(); err != nil {
		w.note(err)
		w.flow.fact("tls.handshake", "failed")
		return false
	}
	w.over = true
	w.flow.fact("tls.handshake", "ok")
	w.flow.handshakeOver()
	return true
}

// Sends close_notify and waits for the peer's: true if both have passed.
func (w *wire) shutdown() bool {
	w.enter("close")
	if err := w.tls.CloseWrite(); err != nil {
		w.note(err)
	} else {
		w.closeSent = true
	}
	octets := make([]byte, 256)
	for !w.closeReceived {
		if _, err := w.tls.Read(octets); err != nil {
			w.note(err)
			break
		}
	}
	return w.closeSent && w.closeReceived
}

var versions = []string{"1.0", "1.1", "1.2", "1.3"}

func (w *wire) tellTLS(verifies bool) {
	state := w.tls.ConnectionState()
	if w.over {
		w.flow.fact("tls.version", versions[state.Version-tls.VersionTLS10])
		w.flow.fact("tls.suite", fmt.Sprintf("%04x", state.CipherSuite))
		w.flow.fact("tls.resumed", map[bool]string{true: "yes", false: "no"}[state.DidResume])
	}
	verified := "unchecked"
	if verifies && w.over {
		verified = "yes"
	} else if verifies && strings.Contains(w.failure, "x509:") {
		verified = "no"
	}
	w.flow.fact("tls.verified", verified)
	if w.alert > 0 {
		w.flow.fact("tls.alert.received", w.alert)
	}
	closes := [][]string{{"none", "received"}, {"sent", "both"}}
	w.flow.fact("tls.close", closes[index(w.closeSent)][index(w.closeReceived)])
	if w.failure != "" {
		w.flow.fact("tls.error", w.failure)
	}
}

func index(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// trouble: what was wrong with the protocol; "" nothing.
func (w *wire) tell(stage, trouble string) {
	end := w.end
	if end == "" || stage == "close" {
		end = "closed"
	}
	if trouble != "" {
		end = fmt.Sprintf("protocol(%s: %s)", w.phase, trouble)
	}
	w.flow.fact("end", end)
	w.flow.fact("wire.sent", fmt.Sprintf("%d %s", w.sent.count, w.sent.value()))
	w.flow.fact("wire.received", fmt.Sprintf("%d %s", w.received.count, w.received.value()))
}
