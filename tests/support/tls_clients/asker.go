// usage: asker URL CAFILE   Each line on stdin is a prompt for a model at URL, over a connection of its own.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
)

func main() {
	authority, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}
	client := &http.Client{Transport: transport}
	fmt.Println("ready")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		body := fmt.Sprintf(`{"model":"claude-sonnet-4-5","max_tokens":100,"messages":[{"role":"user","content":%q}]}`, lines.Text())
		reply, err := client.Post(os.Args[1]+"/v1/messages", "application/json", strings.NewReader(body))
		if err != nil {
			panic(err)
		}
		var answer struct{ Content []struct{ Text string } }
		if err := json.NewDecoder(reply.Body).Decode(&answer); err != nil {
			panic(err)
		}
		reply.Body.Close()
		fmt.Println(answer.Content[0].Text)
	}
}
