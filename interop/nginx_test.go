//go:build linux

package main

import (
	"maps"
	"os"
	"path/filepath"
	"testing"
)

func TestNginx_RejectedConnectionsAreCounted(t *testing.T) {
	t.Parallel()
	log := filepath.Join(t.TempDir(), "access.log")
	if err := os.WriteFile(log, []byte("31107 127.0.0.2:1\n31107 -\n31107 127.0.0.2:1\n31101 127.0.0.2:1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	n := &nginx{log: log, listeners: []listener{{name: "limit", bind: "127.0.0.1:31107"}}}
	got, err := n.connections("limit")
	if want := map[string]int{"127.0.0.2:1": 2, "-": 1}; err != nil || got.accepted != 3 || !maps.Equal(got.servers, want) {
		t.Errorf("connections = %+v, %v, want 3 accepted and %v", got, err, want)
	}
}
