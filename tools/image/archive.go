package main

import (
	"archive/tar"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// writeArchive writes an OCI image layout with the index as a tar archive. It replaces
// path in one step.
func writeArchive(path string, index v1.ImageIndex, r release) error {
	dir, err := os.MkdirTemp(filepath.Dir(path), ".image-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	root := filepath.Join(dir, "layout")
	files, err := layout.Write(root, empty.Index)
	if err != nil {
		return err
	}
	// What the engines that load an archive call the image.
	names := layout.WithAnnotations(map[string]string{
		"io.containerd.image.name":          r.name(),
		"org.opencontainers.image.ref.name": r.version,
	})
	if err := files.AppendIndex(index, names); err != nil {
		return err
	}
	archive := filepath.Join(dir, "archive.tar")
	if err := packDirectory(archive, root); err != nil {
		return err
	}
	return os.Rename(archive, path)
}

// packDirectory writes the files of a directory, sorted by name, with fixed times, modes
// and owners.
func packDirectory(path, root string) error {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	w := tar.NewWriter(out)
	err = fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		if d.IsDir() {
			return entry{name: name + "/", mode: 0o755}.write(w)
		}
		data, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		return entry{name: name, mode: 0o644, data: data}.write(w)
	})
	return errors.Join(err, w.Close(), out.Close())
}
