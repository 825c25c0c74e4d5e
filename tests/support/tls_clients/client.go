// usage: client URL CAFILE COUNT CONCURRENCY   Posts COUNT bodies to /echo/i and compares what comes back.
//
// HTTP2=1 uses HTTP/2; without it HTTP/1.1 over CONCURRENCY connections that are kept alive.
package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
)

var sizes = []int{1, 100, 1023, 8192, 16383, 16384, 16385, 65537, 262144, 1048577}

const lastSize = 4 << 20

func body(i, size int) []byte {
	bytes := make([]byte, size)
	for j := range bytes {
		bytes[j] = byte(i*131 + j*31 + (j>>8)*7 + (j >> 16))
	}
	return bytes
}

// A transport of one's own is a connection of one's own.
func newClient(roots *x509.CertPool) *http.Client {
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, MaxConnsPerHost: 1}
	if os.Getenv("HTTP2") == "1" {
		transport.ForceAttemptHTTP2 = true
	} else {
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	return &http.Client{Transport: transport}
}

func echo(client *http.Client, url string, sent []byte) error {
	reply, err := client.Post(url, "application/octet-stream", bytes.NewReader(sent))
	if err != nil {
		return err
	}
	defer reply.Body.Close()
	received, err := io.ReadAll(reply.Body)
	if err != nil {
		return err
	}
	if reply.StatusCode != http.StatusOK || !bytes.Equal(sent, received) {
		return fmt.Errorf("%s: status %d, sent %d bytes, received %d others", url, reply.StatusCode, len(sent), len(received))
	}
	if os.Getenv("HTTP2") == "1" && reply.ProtoMajor != 2 {
		return fmt.Errorf("%s: answered in %s", url, reply.Proto)
	}
	return nil
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil || value < 1 {
		fail(fmt.Errorf("not a count: %s", text))
	}
	return value
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	if len(os.Args) != 5 {
		fail(fmt.Errorf("usage: client URL CAFILE COUNT CONCURRENCY"))
	}
	url, count, concurrency := os.Args[1], number(os.Args[3]), number(os.Args[4])
	authority, err := os.ReadFile(os.Args[2])
	if err != nil {
		fail(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		fail(fmt.Errorf("no certificate in %s", os.Args[2]))
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for w := 0; w < concurrency; w++ {
		workers.Add(1)
		go func() {
			defer workers.Done()
			client := newClient(roots)
			defer client.CloseIdleConnections()
			for {
				i := int(next.Add(1)) - 1
				if i >= count {
					return
				}
				size := sizes[i%len(sizes)]
				if i == count-1 {
					size = lastSize
				}
				if err := echo(client, fmt.Sprintf("%s/echo/%d", url, i), body(i, size)); err != nil {
					fail(err)
				}
			}
		}()
	}
	workers.Wait()
	fmt.Println("ok", count)
}
