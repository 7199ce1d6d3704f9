package main

import (
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// A platformImage is the image of one platform.
type platformImage struct {
	v1.Image
	platform v1.Platform
}

// newImage returns the image with a binary.
func newImage(r release, b binary) (platformImage, error) {
	system, err := systemLayer()
	if err != nil {
		return platformImage{}, err
	}
	command, err := commandLayer(b)
	if err != nil {
		return platformImage{}, err
	}
	history := func(what string) v1.History {
		return v1.History{Created: v1.Time{Time: r.created}, CreatedBy: "tools/image", Comment: what}
	}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	filled, err := mutate.Append(base,
		mutate.Addendum{Layer: system, History: history("CA certificates, /tmp, /results")},
		mutate.Addendum{Layer: command, History: history("impala-lbcheck " + r.version)},
	)
	if err != nil {
		return platformImage{}, err
	}
	config, err := filled.ConfigFile()
	if err != nil {
		return platformImage{}, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Created = "linux", b.arch, v1.Time{Time: r.created}
	config.Config = v1.Config{
		User:       fmt.Sprintf("%d:%[1]d", user),
		Entrypoint: []string{commandPath},
		WorkingDir: resultsPath,
		Env:        []string{"PATH=/usr/bin"},
		Labels:     r.labels(),
	}
	img, err := mutate.ConfigFile(filled, config)
	return platformImage{Image: img, platform: v1.Platform{OS: config.OS, Architecture: config.Architecture}}, err
}
