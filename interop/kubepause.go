//go:build linux

package main

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
)

// pauseImage is the image of the process that holds a pod's namespaces.
const pauseImage = "localhost/pause:interop"

// pauseSource waits for the signal that ends a pod.
const pauseSource = `package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGINT)
	<-c
}
`

// writePause builds the program and packs it as an image, in the format of docker save.
func writePause(ctx context.Context, dir string) (archive string, err error) {
	source, program, layer := filepath.Join(dir, "pause.go"), filepath.Join(dir, "pause"), filepath.Join(dir, "pause.layer")
	if err := os.WriteFile(source, []byte(pauseSource), 0o644); err != nil {
		return "", err
	}
	if _, err := runRequired(ctx, installTimeout, []string{"CGO_ENABLED=0"}, "go", "build", "-o", program, source); err != nil {
		return "", err
	}
	data, err := os.ReadFile(program)
	if err != nil {
		return "", err
	}
	if err := writeTar(layer, tarFile{"pause", data}); err != nil {
		return "", err
	}
	packed, err := os.ReadFile(layer)
	if err != nil {
		return "", err
	}
	config := fmt.Appendf(nil, `{"architecture":"amd64","os":"linux","config":{"Entrypoint":["/pause"]},"rootfs":{"type":"layers","diff_ids":["sha256:%x"]}}`, sha256.Sum256(packed))
	manifest := fmt.Appendf(nil, `[{"Config":"config.json","RepoTags":[%q],"Layers":["layer.tar"]}]`, pauseImage)
	archive = filepath.Join(dir, "pause.tar")
	return archive, writeTar(archive, tarFile{"layer.tar", packed}, tarFile{"config.json", config}, tarFile{"manifest.json", manifest})
}

// tarFile is a file of an archive.
type tarFile struct {
	name string
	data []byte
}

// writeTar writes files that everybody may read and execute.
func writeTar(path string, files ...tarFile) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	defer out.Close()
	w := tar.NewWriter(out)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o755, Size: int64(len(f.data))}); err != nil {
			return err
		}
		if _, err := w.Write(f.data); err != nil {
			return err
		}
	}
	return w.Close()
}
