// options.go - the command line of both programs, and what they say about themselves
// (CONTRIBUTING.md, "The contract of a program").

package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

var flags = "jobs version capabilities list old secrets tied once"
var texts = map[string]string{
	"client": "to name policy message",
	"server": "listen cert key starttls",
	"both":   "tls-min tls-max ca resume deadline list-octets connections fault stimulus",
}
var choices = map[string]string{
	"policy":   "none opportunistic mandatory",
	"starttls": "offer 454 absent require",
	"resume":   "no ticket",
	"tls-min":  strings.Join(versions, " "),
	"tls-max":  strings.Join(versions, " "),
}

type options struct {
	role  string
	given map[string]string
}

func (o *options) has(name string) bool {
	_, found := o.given[name]
	return found
}

func (o *options) number(name string) int {
	n, _ := strconv.Atoi(o.given[name])
	return n
}

func (o *options) leave(code int, why string) {
	fmt.Fprintf(os.Stderr, "%s: %s\n", o.role, why)
	os.Exit(code)
}

func among(words, word string) bool {
	return strings.Contains(" "+words+" ", " "+word+" ")
}

func readOptions(words []string) *options {
	role := "client"
	if strings.HasPrefix(filepath.Base(words[0]), "server") {
		role = "server"
	}
	o := &options{role, map[string]string{"name": "mx.example", "policy": "mandatory",
		"starttls": "offer", "message": "8192", "connections": "1", "deadline": "5000",
		"list-octets": "256", "resume": "no"}}
	for i := 1; i < len(words); i++ {
		name := strings.TrimPrefix(words[i], "--")
		switch {
		case name == words[i] || !among(flags+" "+texts[role]+" "+texts["both"], name):
			o.leave(2, "no option "+words[i]+"; see CONTRIBUTING.md")
		case among(flags, name):
			o.given[name] = ""
		case i+1 == len(words):
			o.leave(2, words[i]+" needs a value")
		default:
			i++
			if allowed, some := choices[name]; some && !among(allowed, words[i]) {
				o.leave(89, "--"+name+" cannot be "+words[i])
			}
			o.given[name] = words[i]
		}
	}
	o.answer()
	return o
}

func (o *options) answer() {
	version := strings.TrimPrefix(runtime.Version(), "go")
	switch {
	case o.has("fault") || o.has("stimulus"):
		o.leave(89, "it has no faults and no stimuli: it is here for its TLS library")
	case o.has("version"):
		fmt.Println(version, "(Go's crypto/tls)")
	case o.has("list"):
	case o.has("capabilities"):
		fmt.Println("= library go", version, "(Go's crypto/tls)")
		fmt.Println("= can.tls", strings.Join(versions, " "))
		fmt.Println("= can.cert rsa ecdsa")
		fmt.Println("= cannot.resume id it has tickets only")
		fmt.Println("= can.resume ticket")
		fmt.Println("= can.secrets no")
	default:
		return
	}
	os.Exit(0)
}

func (o *options) config() *tls.Config {
	c := &tls.Config{SessionTicketsDisabled: o.given["resume"] != "ticket"}
	for i, version := range versions {
		if o.given["tls-min"] == version {
			c.MinVersion = uint16(tls.VersionTLS10 + i)
		}
		if o.given["tls-max"] == version {
			c.MaxVersion = uint16(tls.VersionTLS10 + i)
		}
	}
	if o.has("cert") {
		pair, err := tls.LoadX509KeyPair(o.given["cert"], o.given["key"])
		if err != nil {
			o.leave(89, err.Error())
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if o.role == "server" {
		return c
	}
	c.ServerName = o.given["name"]
	c.InsecureSkipVerify = !o.has("ca")
	if o.given["resume"] == "ticket" {
		c.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	}
	if o.has("ca") {
		pem, err := os.ReadFile(o.given["ca"])
		if err != nil {
			o.leave(89, err.Error())
		}
		c.RootCAs = x509.NewCertPool()
		c.RootCAs.AppendCertsFromPEM(pem)
	}
	return c
}
