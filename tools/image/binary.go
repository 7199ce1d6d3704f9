package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
)

// A platform is a processor architecture of Linux that the image is for.
type platform struct {
	arch    string // as Go and OCI name it
	machine elf.Machine
}

// platforms are those of the index, in its order.
var platforms = []platform{{"amd64", elf.EM_X86_64}, {"arm64", elf.EM_AARCH64}}

// A binary is the command for a platform.
type binary struct {
	platform
	data []byte
}

// readBinary reads a binary, which must be of the platform and static: the image has no
// dynamic linker, and a mixed-up pair of files would fail only where it is run.
func readBinary(p platform, path string) (binary, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return binary{}, fmt.Errorf("binary for linux/%s: %w", p.arch, err)
	}
	f, err := elf.NewFile(bytes.NewReader(data))
	if err != nil {
		return binary{}, fmt.Errorf("binary for linux/%s: %s is no program for Linux: %w", p.arch, path, err)
	}
	defer f.Close()
	if f.Machine != p.machine {
		return binary{}, fmt.Errorf("binary for linux/%s: %s is for %s: build it with GOARCH=%s", p.arch, path, f.Machine, p.arch)
	}
	for _, part := range f.Progs {
		if part.Type == elf.PT_INTERP {
			return binary{}, fmt.Errorf("binary for linux/%s: %s needs a dynamic linker: build it with CGO_ENABLED=0", p.arch, path)
		}
	}
	return binary{platform: p, data: data}, nil
}
