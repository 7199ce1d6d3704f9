package main

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Who asks while a run lasts sees it, and at its end the result.
func TestServe_ShowsTheRun(t *testing.T) {
	t.Parallel()
	stderr, w := io.Pipe()
	ended := make(chan int)
	var out strings.Builder
	go func() {
		code := mainCode([]string{"demo", "--quiet", "--serve", "127.0.0.1:0", "--sessions", "40", "--burst", "0", "--rate", "20/s"}, env{out: &out, err: w})
		w.Close()
		ended <- code
	}()
	lines := bufio.NewReader(stderr)
	said, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	go io.Copy(io.Discard, lines)
	url := strings.Fields(said)[1]
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	words := map[string]bool{}
	for !words["PASS"] {
		answer, err := client.Get(url)
		if err != nil {
			t.Fatalf("%v; the page had %v", err, words)
		}
		page, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode == http.StatusServiceUnavailable {
			continue // it has not begun
		}
		_, rest, _ := strings.Cut(string(page), "<h1>")
		word, _, _ := strings.Cut(rest, "</h1>")
		words[word] = true
		if renewed := strings.Contains(string(page), `http-equiv="refresh"`); renewed != (word == "RUNNING") {
			t.Errorf("the page of %s is renewed: %v", word, renewed)
		}
	}
	if code := <-ended; code != exitPass || !words["RUNNING"] || len(words) != 2 {
		t.Errorf("exit %d; the page had %v", code, words)
	}
	if answer, err := client.Get(url); err == nil {
		answer.Body.Close()
		t.Error("the page is there when the command has ended")
	}
}
