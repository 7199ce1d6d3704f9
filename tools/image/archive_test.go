package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// unpacked writes an archive and unpacks it, as a registry's client does before it pushes.
func unpacked(t *testing.T) layout.Path {
	t.Helper()
	out := filepath.Join(t.TempDir(), "image.tar")
	var stderr bytes.Buffer
	if code := run(release010(t, out), io.Discard, &stderr); code != 0 {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dir := t.TempDir()
	eachEntry(t, f, func(h *tar.Header, content io.Reader) error {
		path := filepath.Join(dir, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			return os.Mkdir(path, 0o755)
		}
		data, err := io.ReadAll(content)
		if err != nil {
			return err
		}
		return os.WriteFile(path, data, 0o644)
	})
	p, err := layout.FromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// eachEntry calls visit with every entry of a tar archive.
func eachEntry(t *testing.T, archive io.Reader, visit func(*tar.Header, io.Reader) error) {
	t.Helper()
	for r := tar.NewReader(archive); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			err = visit(h, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// index is the index of both platforms, the one entry of the layout.
func index(t *testing.T, p layout.Path) (v1.Descriptor, v1.ImageIndex) {
	t.Helper()
	all, err := p.ImageIndex()
	if err != nil {
		t.Fatal(err)
	}
	m, err := all.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Manifests) != 1 {
		t.Fatalf("%d entries: engines take one image from an archive", len(m.Manifests))
	}
	i, err := all.ImageIndex(m.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	return m.Manifests[0], i
}

func TestArchive_IsValid(t *testing.T) {
	t.Parallel()
	named, i := index(t, unpacked(t))
	if err := validate.Index(i); err != nil {
		t.Error(err)
	}
	want := map[string]string{
		"io.containerd.image.name":          "ghcr.io/impala-lbcheck/impala-lbcheck:0.1.0",
		"org.opencontainers.image.ref.name": "0.1.0",
	}
	if !maps.Equal(named.Annotations, want) {
		t.Errorf("annotations %v, want %v", named.Annotations, want)
	}
	m, err := i.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	var platforms []string
	for _, d := range m.Manifests {
		platforms = append(platforms, d.Platform.String())
	}
	if want := []string{"linux/amd64", "linux/arm64"}; !slices.Equal(platforms, want) {
		t.Errorf("platforms %v, want %v", platforms, want)
	}
	if got := m.Annotations["org.opencontainers.image.version"]; got != "0.1.0" {
		t.Errorf("the index has version %q", got)
	}
}

// images are the images of the archive, by platform.
func images(t *testing.T) map[string]v1.Image {
	t.Helper()
	_, i := index(t, unpacked(t))
	m, err := i.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]v1.Image{}
	for _, d := range m.Manifests {
		if out[d.Platform.String()], err = i.Image(d.Digest); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestImage_Config(t *testing.T) {
	t.Parallel()
	for platform, img := range images(t) {
		c, err := img.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		if c.OS+"/"+c.Architecture != platform || c.Config.User != "65532:65532" || !slices.Equal(c.Config.Entrypoint, []string{"/usr/bin/impala-lbcheck"}) ||
			c.Config.Cmd != nil || c.Config.WorkingDir != "/results" || c.Created.String() != "2026-11-28 12:00:00 +0000 UTC" {
			t.Errorf("%s: %+v", platform, c)
		}
		for key, want := range map[string]string{"created": "2026-11-28T12:00:00Z", "revision": "0123abc", "version": "0.1.0", "licenses": "Apache-2.0 AND MPL-2.0"} {
			if got := c.Config.Labels["org.opencontainers.image."+key]; got != want {
				t.Errorf("%s: label %s is %q, not %q", platform, key, got, want)
			}
		}
	}
}

// The binary, the certificates, and places for volumes, owned by root but for /results.
func TestImage_Files(t *testing.T) {
	t.Parallel()
	for platform, img := range images(t) {
		files := mutate.Extract(img)
		got := map[string]tar.Header{}
		eachEntry(t, files, func(h *tar.Header, _ io.Reader) error {
			got[h.Name] = *h
			return nil
		})
		files.Close()
		want := map[string]struct {
			kind  byte
			mode  int64
			owner int
		}{
			"etc": {tar.TypeDir, 0o755, 0}, "etc/ssl": {tar.TypeDir, 0o755, 0}, "etc/ssl/certs": {tar.TypeDir, 0o755, 0},
			"etc/ssl/certs/ca-certificates.crt": {tar.TypeReg, 0o644, 0},
			"results":                           {tar.TypeDir, 0o755, 65532}, "tmp": {tar.TypeDir, 0o1777, 0},
			"usr": {tar.TypeDir, 0o755, 0}, "usr/bin": {tar.TypeDir, 0o755, 0}, "usr/bin/impala-lbcheck": {tar.TypeReg, 0o755, 0},
		}
		for name, w := range want {
			if h := got[name]; h.Typeflag != w.kind || h.Mode != w.mode || h.Uid != w.owner || h.Gid != w.owner || !h.ModTime.Equal(epoch) {
				t.Errorf("%s: %s is %+v, want %+v", platform, name, h, w)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %v", platform, slices.Sorted(maps.Keys(got)))
		}
	}
}

// The certificates are stored and pulled once for both platforms.
func TestImage_SystemLayerIsShared(t *testing.T) {
	t.Parallel()
	first := map[v1.Hash]bool{}
	for _, img := range images(t) {
		layers, err := img.Layers()
		if err != nil {
			t.Fatal(err)
		}
		d, err := layers[0].Digest()
		if err != nil {
			t.Fatal(err)
		}
		first[d] = true
	}
	if len(first) != 1 {
		t.Errorf("%d layers of certificates", len(first))
	}
}
