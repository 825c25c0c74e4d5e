// HTTP without TLS in Go, where one goroutine writes and another reads.
package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
)

func main() {
	for _, size := range []int{5, 4 << 20, 0, 70000} {
		body := bytes.Repeat([]byte("g"), size)
		for i := 0; i < 20; i++ {
			if size > 1<<20 && i > 0 {
				break
			}
			answer, err := http.Post(os.Args[1], "text/plain", bytes.NewReader(body))
			if err != nil {
				panic(err)
			}
			got, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if err != nil || !bytes.Equal(got, body) {
				panic("not what was sent")
			}
		}
	}
}
