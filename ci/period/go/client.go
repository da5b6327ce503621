// client.go - the client's side: what is sent, and what a reply does.

package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
)

const header = "From: <a@client.example>\r\nTo: <b@mx.example>\r\nSubject: interop\r\n\r\n"
const width = 76 // of a line without CRLF

var replyLine = regexp.MustCompile(`^[2-5]\d\d([ -].*)?$`)
var notGraphic = regexp.MustCompile(`[^!-~]`)
var address = regexp.MustCompile(`^127\.0\.0\.1:\d{1,5}$`)

type client struct {
	o                                 *options
	w                                 *wire
	keywords, stage, outcome, trouble string
}

func runClient(o *options) {
	switch {
	case o.has("to"):
		session(o, o.given["to"])
	case o.has("jobs"):
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			session(o, lines.Text())
		}
	default:
		o.leave(2, "give --to HOST:PORT or --jobs")
	}
}

// One session of work: 1 to N connections, and one more in clear if that may be.
func session(o *options, where string) {
	if !address.MatchString(where) {
		o.leave(2, "work is a line 127.0.0.1:PORT")
	}
	var text strings.Builder
	config, policy, exit := o.config(), o.given["policy"], 0
	for number := 1; ; number++ {
		f := newFlow(number, o.number("list-octets"))
		c := &client{o: o, stage: "connect"}
		conn, err := net.Dial("tcp", where)
		if err != nil {
			f.fact("end", "connect: "+err.Error())
			exit = 1
		} else {
			c.play(newWire(conn, "C", f, o), policy, config)
		}
		text.WriteString(f.text.String())
		failed := c.w != nil && c.w.tls != nil && !c.w.over
		if failed && policy == "opportunistic" {
			policy = "none"
		} else if c.outcome != "delivered-tls" || number >= o.number("connections") {
			break
		}
	}
	fmt.Printf("%s= exit %d\n", text.String(), exit)
}

func (c *client) play(w *wire, policy string, config *tls.Config) {
	c.w = w
	c.dialogue(policy, config) // an error: the wire knows why
	if w.tls != nil {
		w.tellTLS(c.o.has("ca"))
	}
	if c.outcome == "" {
		c.outcome = "deferred"
	}
	w.flow.fact("mail", c.outcome)
	w.flow.fact("stage", c.stage)
	w.tell(c.stage, c.trouble)
	w.Close()
}

func (c *client) dialogue(policy string, config *tls.Config) {
	if !c.step("greeting", "greeting", "", "220") ||
		!c.step("ehlo", "ehlo", "EHLO client.example\r\n", "250") {
		c.quit("deferred")
		return
	}
	if policy != "none" {
		there := among(strings.ToUpper(c.keywords), "STARTTLS") &&
			c.step("starttls", "starttls", "STARTTLS\r\n", "220")
		if !there && policy == "mandatory" {
			c.quit("deferred")
			return
		}
		if there && !c.upgrade(config) {
			return
		}
	}
	done := "delivered-plain"
	if c.w.over {
		done = "delivered-tls"
	}
	size := ""
	if strings.Contains(" "+strings.ToUpper(c.keywords), " SIZE") { // RFC 1870
		size = fmt.Sprintf(" SIZE=%d", len(header)+c.o.number("message"))
	}
	if c.step("mail", "mail", "MAIL FROM:<a@client.example>"+size+"\r\n", "250") &&
		c.step("mail", "rcpt", "RCPT TO:<b@mx.example>\r\n", "250") &&
		c.step("mail", "data", "DATA\r\n", "354") && c.message() &&
		c.step("mail", "message", ".\r\n", "250") {
		c.quit(done)
	} else {
		c.quit("rejected")
	}
}

// true: TLS is there and greeted; else there is nothing more to do.
func (c *client) upgrade(config *tls.Config) bool {
	pending := c.w.lines.Buffered()
	c.w.flow.fact("smtp.pending", pending)
	if pending > 0 {
		c.trouble = "octets behind the 220"
		return false
	}
	if !c.w.startTLS(config) {
		return false
	}
	c.stage = "handshake"
	c.keywords = "" // RFC 3207 4.2
	if !c.step("ehlo-tls", "ehlo-tls", "EHLO client.example\r\n", "250") {
		c.quit("deferred")
		return false
	}
	return true
}

// Only a session that still works is ended by QUIT.
func (c *client) quit(outcome string) {
	if c.w.end != "" || c.trouble != "" || c.w.failure != "" || c.w.closeReceived {
		return
	}
	c.outcome = outcome
	if c.step("quit", "quit", "QUIT\r\n", "") && (c.w.tls == nil || c.w.shutdown()) {
		c.stage = "close"
	}
}

// Sends a command, takes the reply; whether it is the one that leads on.
func (c *client) step(phase, fact, command, want string) bool {
	c.w.enter(phase)
	if command != "" && c.w.say(command) != nil {
		return false
	}
	lines, err := c.reply()
	if err != nil {
		return false
	}
	code := lines[0][:3]
	c.w.flow.fact("smtp."+fact, code)
	if strings.HasPrefix(fact, "ehlo") {
		var words []string
		for _, line := range lines[1:] {
			if len(line) > 4 {
				word := strings.ReplaceAll(line[4:], " ", "=")
				words = append(words, notGraphic.ReplaceAllString(word, "?"))
			}
		}
		c.keywords = strings.Join(words, " ")
		said := c.keywords
		if said == "" {
			said = "-"
		}
		c.w.flow.fact("smtp."+fact+".keywords", said)
	}
	if want != "" && code != want {
		return false
	}
	c.stage = phase
	return true
}

// RFC 5321 4.2
func (c *client) reply() (lines []string, err error) {
	for {
		line, err := c.w.line()
		if err != nil {
			return nil, err
		}
		if !replyLine.MatchString(line) || len(line) > 510 || len(lines) > 100 {
			c.trouble = "no reply by RFC 5321 4.2"
			return nil, errors.New(c.trouble)
		}
		lines = append(lines, line)
		if len(line) == 3 || line[3] == ' ' {
			return lines, nil
		}
	}
}

// clients/message.c tells why it looks so.
func (c *client) message() bool {
	made := newDigest()
	made.add([]byte(header))
	var out bytes.Buffer
	out.WriteString(header)
	left := c.o.number("message")
	for number := 0; left >= 2; number++ {
		n := width + 2
		if left < n {
			n = left
		}
		if left-n == 1 {
			n--
		}
		line := bytes.Repeat([]byte("x"), n)
		if n > 12 {
			start := fmt.Sprintf("%d ", number%1000000)
			if number%7 == 0 {
				start = "." + start
			}
			copy(line, start)
		}
		copy(line[n-2:], "\r\n")
		made.add(line)
		if line[0] == '.' { // RFC 5321 4.5.2
			out.WriteByte('.')
		}
		out.Write(line)
		left -= n
		if out.Len() > 15000 || left < 2 {
			if c.w.say(out.String()) != nil {
				return false
			}
			out.Reset()
		}
	}
	if out.Len() > 0 && c.w.say(out.String()) != nil {
		return false
	}
	c.w.flow.fact("mail.octets", made.count)
	c.w.flow.fact("mail.digest", made.value())
	return true
}
