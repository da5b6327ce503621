// server.go - the server's side: a line, its command, one reply; and the switch.

package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strings"
	"time"
)

const maxSize = 16 << 20 // octets of a message, at most
const maxErrors = 20     // refused commands until it hangs up
const free = "NOOP EHLO STARTTLS QUIT"

var mailPath = regexp.MustCompile(`(?i)^FROM: ?<[^>]*>( .*)?$`)
var rcptPath = regexp.MustCompile(`(?i)^TO: ?<[^>]*>( .*)?$`)

type server struct {
	o                                    *options
	w                                    *wire
	config                               *tls.Config
	name                                 string // what server_name said
	verbs, codes                         [2][]string
	stage, trouble                       string
	greeted, mail, done                  bool
	recipients, messages, errors, number int
}

func runServer(o *options) {
	where := o.given["listen"]
	if !address.MatchString(where) || !o.has("cert") || !o.has("key") {
		o.leave(2, "give --listen 127.0.0.1:PORT, --cert and --key")
	}
	listener, err := net.Listen("tcp4", where)
	if err != nil {
		o.leave(1, "cannot listen: "+err.Error())
	}
	config := o.config()
	fmt.Println("= listen", listener.Addr())
	if o.has("tied") {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
	}
	for {
		serveSession(o, config, listener.(*net.TCPListener))
		if o.has("once") {
			return
		}
	}
}

// A session is so many connections, one after another, if they come.
func serveSession(o *options, config *tls.Config, listener *net.TCPListener) {
	var text strings.Builder
	listener.SetDeadline(time.Time{})
	for number := 1; number <= o.number("connections"); number++ {
		conn, err := listener.Accept()
		if err != nil {
			break
		}
		f := newFlow(number, o.number("list-octets"))
		s := &server{o: o, w: newWire(conn, "S", f, o), stage: "greeting", config: config}
		config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			s.name = hello.ServerName
			return nil, nil
		}
		s.play()
		text.WriteString(f.text.String())
		wait := time.Duration(o.number("deadline")) * time.Millisecond
		listener.SetDeadline(time.Now().Add(wait))
	}
	fmt.Printf("%s= exit 0\n", text.String())
}

func (s *server) play() {
	s.w.enter("greeting")
	s.reply(220, "mx.example ESMTP")
	for !s.done {
		s.w.enter(s.stage)
		line, err := s.w.line()
		if err != nil {
			break
		}
		s.take(line)
	}
	if s.stage == "quit" && s.w.over && s.w.shutdown() {
		s.stage = "close"
	}
	s.tell()
	s.w.Close()
}

func (s *server) inside() int {
	return index(s.w.over)
}

func (s *server) reply(code int, words string) {
	s.codes[s.inside()] = append(s.codes[s.inside()], fmt.Sprint(code))
	s.errors += index(code >= 500)
	s.w.say(fmt.Sprintf("%d %s\r\n", code, words))
}

func (s *server) reset() {
	s.mail, s.recipients = false, 0
}

func (s *server) phase(verb string) string {
	switch verb {
	case "EHLO", "HELO":
		return [2]string{"ehlo", "ehlo-tls"}[s.inside()]
	case "STARTTLS":
		return "starttls"
	case "QUIT":
		return "quit"
	case "MAIL", "RCPT", "DATA", "RSET", "NOOP", "VRFY", "HELP":
		return "mail"
	}
	return ""
}

func (s *server) take(line string) {
	verb, words, _ := strings.Cut(line, " ")
	verb, words = strings.ToUpper(verb), strings.TrimSpace(words)
	phase := s.phase(verb)
	if len(line) > 510 || phase == "" {
		s.verbs[s.inside()] = append(s.verbs[s.inside()], "?")
		s.reply(500, "the line is too long or no command")
	} else {
		s.verbs[s.inside()] = append(s.verbs[s.inside()], verb)
		s.w.enter(phase)
		if s.o.given["starttls"] == "require" && !s.w.over && !among(free, verb) {
			s.reply(530, "Must issue a STARTTLS command first")
		} else {
			s.stage = phase
			s.execute(verb, words)
		}
	}
	if s.errors >= maxErrors {
		s.trouble, s.done = "too many errors", true
	}
}

// RFC 5321 4.1.1 and RFC 3207 4
func (s *server) execute(verb, words string) {
	switch verb {
	case "EHLO", "HELO":
		s.hello(verb, words)
	case "STARTTLS":
		s.startTLS(words)
	case "MAIL":
		s.mailFrom(words)
	case "RCPT":
		if !s.mail {
			s.reply(503, "MAIL first")
		} else if !rcptPath.MatchString(words) {
			s.reply(501, "RCPT TO:<path>")
		} else {
			s.recipients++
			s.reply(250, "OK")
		}
	case "DATA":
		s.data()
	case "RSET":
		s.reset()
		s.reply(250, "OK")
	case "NOOP":
		s.reply(250, "OK")
	case "VRFY":
		s.reply(252, "send it and see")
	case "HELP":
		s.reply(214, "RFC 5321, RFC 3207")
	case "QUIT":
		s.reply(221, "bye")
		s.done = true
	}
}

func (s *server) hello(verb, words string) {
	if words == "" {
		s.reply(501, verb+" needs a name")
		return
	}
	s.reset()
	s.greeted = true
	if verb == "HELO" {
		s.reply(250, "mx.example")
		return
	}
	starttls := "250-STARTTLS\r\n"
	if s.o.given["starttls"] == "absent" || s.w.over {
		starttls = ""
	}
	s.codes[s.inside()] = append(s.codes[s.inside()], "250")
	s.w.say(fmt.Sprintf("250-mx.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n"+
		"250-SIZE %d\r\n%s250 HELP\r\n", maxSize, starttls))
}

func (s *server) startTLS(words string) {
	switch {
	case s.o.given["starttls"] == "absent":
		s.reply(502, "not offered here")
	case s.w.over:
		s.reply(503, "TLS is already there")
	case words != "":
		s.reply(501, "STARTTLS takes no parameters")
	case !s.greeted:
		s.reply(503, "EHLO first")
	case s.o.given["starttls"] == "454":
		s.reply(454, "not for the moment")
	default:
		s.reply(220, "Ready to start TLS")
		s.w.flow.fact("smtp.pending", s.w.lines.Buffered())
		if !s.w.startTLS(s.config) {
			s.done = true
			return
		}
		s.stage = "handshake"
		s.greeted = false // RFC 3207 4.2
		s.reset()
	}
}

func (s *server) mailFrom(words string) {
	found := mailPath.FindStringSubmatch(words)
	switch {
	case !s.greeted:
		s.reply(503, "EHLO first")
	case s.mail:
		s.reply(503, "a transaction is open")
	case found == nil:
		s.reply(501, "MAIL FROM:<path>")
	default:
		more := strings.TrimSpace(found[1])
		if more == "" {
			more = "-"
		}
		s.w.flow.fact("smtp.mail.parameters", more)
		s.mail = true
		s.reply(250, "OK")
	}
}

func (s *server) data() {
	if !s.mail || s.recipients == 0 {
		s.reply(503, "MAIL and RCPT first")
		return
	}
	s.reply(354, "go ahead")
	body := newDigest()
	for {
		line, err := s.w.line()
		if err != nil || body.count > maxSize {
			s.done = true
			return
		}
		if line == "." {
			break
		}
		body.add([]byte(strings.TrimPrefix(line, ".") + "\r\n"))
	}
	s.reset()
	s.messages++
	s.w.flow.fact("mail.octets", body.count)
	s.w.flow.fact("mail.digest", body.value())
	s.reply(250, "taken")
}

func listed(words []string) string {
	if len(words) == 0 {
		return "-"
	}
	return strings.Join(words, " ")
}

func (s *server) tell() {
	f := s.w.flow
	f.fact("smtp.commands.plain", listed(s.verbs[0]))
	f.fact("smtp.replies.plain", listed(s.codes[0]))
	f.fact("smtp.commands.tls", listed(s.verbs[1]))
	f.fact("smtp.replies.tls", listed(s.codes[1]))
	if s.w.tls != nil {
		s.w.tellTLS(false)
		name := s.name
		if name == "" {
			name = "-"
		}
		f.fact("tls.server-name", name)
	}
	mail := "none"
	if s.messages > 0 {
		mail = [2]string{"received-plain", "received-tls"}[s.inside()]
	}
	f.fact("mail", mail)
	f.fact("mail.count", s.messages)
	f.fact("stage", s.stage)
	s.w.tell(s.stage, s.trouble)
}
