// starttls.go - says a ClientHello after STARTTLS with Go's net/smtp.
//
//	starttls HOST:PORT [1.0|1.1|1.2]	the highest version; default: Go's own
//	starttls --version
package main

import (
	"crypto/tls"
	"fmt"
	"net/smtp"
	"os"
	"runtime"
)

func main() {
	if os.Args[1] == "--version" {
		fmt.Println(runtime.Version())
		return
	}
	client, err := smtp.Dial(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	settings := &tls.Config{ServerName: "mx.example"}
	if len(os.Args) > 2 {
		settings.MinVersion = tls.VersionTLS10
		settings.MaxVersion = map[string]uint16{
			"1.0": tls.VersionTLS10,
			"1.1": tls.VersionTLS11,
			"1.2": tls.VersionTLS12,
		}[os.Args[2]]
	}
	fmt.Println(client.StartTLS(settings))
}
