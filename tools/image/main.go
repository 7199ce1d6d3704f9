package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is the command: 0 if the archive was written, 1 if not, 2 for wrong arguments.
func run(args []string, stdout, stderr io.Writer) int {
	o, err := parseOptions(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "image:", err)
		return 2
	}
	if err := write(o, stdout); err != nil {
		fmt.Fprintln(stderr, "image:", err)
		return 1
	}
	return 0
}

// write builds the index, writes the archive, and prints what is in it.
func write(o options, stdout io.Writer) error {
	var images []platformImage
	for _, b := range o.binaries {
		img, err := newImage(o.release, b)
		if err != nil {
			return fmt.Errorf("image for linux/%s: %w", b.arch, err)
		}
		images = append(images, img)
	}
	index, err := newIndex(o.release, images)
	if err != nil {
		return fmt.Errorf("index: %w", err)
	}
	if err := writeArchive(o.out, index, o.release); err != nil {
		return fmt.Errorf("write %s: %w", o.out, err)
	}
	return describe(stdout, o.release, index, images)
}
