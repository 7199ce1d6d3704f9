//go:build linux

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
)

// Releases that a mirror has: one as it should be, one whose archive was changed
// after its checksum was written, and one whose checksums do not name the archive.
const (
	goodRelease     = "v9.9.9"
	changedRelease  = "v9.9.8"
	unlistedRelease = "v9.9.7"
)

// mirror serves releases over HTTP, as a mirror inside a network does.
type mirror struct {
	url string
	sum string // SHA-256 of the archive of goodRelease
}

// startMirror makes the releases of the command under test and serves them until the
// program ends.
func (l *lab) startMirror() (mirror, error) {
	tool, err := l.tool()
	if err != nil {
		return mirror{}, err
	}
	binary, err := os.ReadFile(tool)
	if err != nil {
		return mirror{}, err
	}
	var m mirror
	dir := l.file("ci", "releases")
	for _, version := range []string{goodRelease, changedRelease, unlistedRelease} {
		name := fmt.Sprintf("impala-lbcheck_%s_linux_%s", version[1:], runtime.GOARCH)
		archive, err := archiveOf(name, binary)
		if err != nil {
			return m, err
		}
		sum := sha256.Sum256(archive)
		listed := name + ".tar.gz"
		switch version {
		case goodRelease:
			m.sum = hex.EncodeToString(sum[:])
		case changedRelease:
			archive = append(archive, 0)
		case unlistedRelease:
			listed = "other-" + listed
		}
		for file, content := range map[string][]byte{
			name + ".tar.gz": archive,
			"SHA256SUMS":     fmt.Appendf(nil, "%x  %s\n", sum, listed),
		} {
			path := filepath.Join(dir, version, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				return m, err
			}
			if err := os.WriteFile(path, content, 0o644); err != nil {
				return m, err
			}
		}
	}
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return m, err
	}
	go http.Serve(in, http.FileServer(http.Dir(dir)))
	m.url = "http://" + in.Addr().String()
	return m, nil
}

// archiveOf is the archive of a release: one directory of the archive's name.
func archiveOf(name string, binary []byte) ([]byte, error) {
	var b bytes.Buffer
	zipped, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	files := tar.NewWriter(zipped)
	err = files.WriteHeader(&tar.Header{Name: name + "/impala-lbcheck", Mode: 0o755, Size: int64(len(binary))})
	if err == nil {
		_, err = files.Write(binary)
	}
	if err == nil {
		err = files.Close()
	}
	if err == nil {
		err = zipped.Close()
	}
	return b.Bytes(), err
}
