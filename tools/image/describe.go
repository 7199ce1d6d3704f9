package main

import (
	"fmt"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// describe prints the image's name and digest, and the sizes of each platform.
func describe(w io.Writer, r release, index v1.ImageIndex, images []platformImage) error {
	digest, err := index.Digest()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s@%s\n", r.name(), digest)
	for _, img := range images {
		pulled, unpacked, err := sizes(img)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s/%s: %.1f MB to pull, %.1f MB unpacked\n", img.platform.OS, img.platform.Architecture, float64(pulled)/1e6, float64(unpacked)/1e6)
	}
	return nil
}

// sizes are the bytes of the layers, compressed and not.
func sizes(img v1.Image) (pulled, unpacked int64, err error) {
	layers, err := img.Layers()
	if err != nil {
		return 0, 0, err
	}
	for _, l := range layers {
		n, err := l.Size()
		if err != nil {
			return 0, 0, err
		}
		pulled += n
		r, err := l.Uncompressed()
		if err != nil {
			return 0, 0, err
		}
		n, err = io.Copy(io.Discard, r)
		r.Close()
		if err != nil {
			return 0, 0, err
		}
		unpacked += n
	}
	return pulled, unpacked, nil
}
