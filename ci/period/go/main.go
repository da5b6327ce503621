// main.go - a STARTTLS client and server over Go's crypto/tls: one process, a record
// for each session (CONTRIBUTING.md).  Which of the two it is its name says.

package main

import "os"

func main() {
	if o := readOptions(os.Args); o.role == "client" {
		runClient(o)
	} else {
		runServer(o)
	}
}
