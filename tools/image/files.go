package main

import v1 "github.com/google/go-containerregistry/pkg/v1"

// Places in the image.
const (
	commandPath = "/usr/bin/impala-lbcheck"
	// bundlePath is the first place where Go's crypto/x509 looks on Linux.
	bundlePath = "/etc/ssl/certs/ca-certificates.crt"
	// resultsPath is the working directory, so that a relative file name is one in the
	// volume that is mounted there.
	resultsPath = "/results"
)

// systemLayer is what every platform and, with the same certificates, every release has
// in common. /tmp and /results are empty: places for volumes.
func systemLayer() (v1.Layer, error) {
	roots, err := rootBundle()
	if err != nil {
		return nil, err
	}
	return newLayer(
		entry{name: "etc/", mode: 0o755},
		entry{name: "etc/ssl/", mode: 0o755},
		entry{name: "etc/ssl/certs/", mode: 0o755},
		entry{name: bundlePath[1:], mode: 0o644, data: roots},
		entry{name: resultsPath[1:] + "/", mode: 0o755, owner: user},
		entry{name: "tmp/", mode: 0o1777},
	)
}

// commandLayer is the binary.
func commandLayer(b binary) (v1.Layer, error) {
	return newLayer(
		entry{name: "usr/", mode: 0o755},
		entry{name: "usr/bin/", mode: 0o755},
		entry{name: commandPath[1:], mode: 0o755, data: b.data},
	)
}
