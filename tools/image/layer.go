package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// user is the uid and gid that the image runs as: what distroless images call nonroot.
const user = 65532

// epoch is the time of every file, so that a layer changes only with its content.
var epoch = time.Unix(0, 0).UTC()

// An entry is a file or a directory of a layer.
type entry struct {
	name  string // relative to the root; that of a directory ends in a slash
	mode  int64
	owner int // uid and gid
	data  []byte
}

// newLayer returns a compressed layer with the entries, in their order.
func newLayer(entries ...entry) (v1.Layer, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		if err := e.write(w); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }
	return tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer),
		tarball.WithCompressionLevel(gzip.BestCompression), tarball.WithCompressedCaching)
}

func (e entry) write(w *tar.Writer) error {
	kind := byte(tar.TypeReg)
	if e.name[len(e.name)-1] == '/' {
		kind = tar.TypeDir
	}
	err := w.WriteHeader(&tar.Header{Typeflag: kind, Name: e.name, Mode: e.mode, Uid: e.owner, Gid: e.owner, Size: int64(len(e.data)), ModTime: epoch})
	if err != nil {
		return err
	}
	_, err = w.Write(e.data)
	return err
}
