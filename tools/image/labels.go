package main

import "time"

const (
	repository = "ghcr.io/impala-lbcheck/impala-lbcheck"
	source     = "https://github.com/impala-lbcheck/impala-lbcheck"
)

// name is the image with its tag.
func (r release) name() string { return repository + ":" + r.version }

// labels are the keys that OCI's image specification has for what people and registries
// ask of an image. Images have them as labels, the index as annotations, where a registry
// looks for those of an image of several platforms.
func (r release) labels() map[string]string {
	l := map[string]string{
		"org.opencontainers.image.title":         "impala-lbcheck",
		"org.opencontainers.image.description":   "Checks the load balancer in front of Apache Impala's coordinators",
		"org.opencontainers.image.url":           source,
		"org.opencontainers.image.source":        source,
		"org.opencontainers.image.documentation": source + "/blob/main/docs/kubernetes.md",
		"org.opencontainers.image.vendor":        "impala-lbcheck",
		// The program's, and that of the certificates, which are Mozilla's.
		"org.opencontainers.image.licenses": "Apache-2.0 AND MPL-2.0",
		"org.opencontainers.image.version":  r.version,
		"org.opencontainers.image.created":  r.created.Format(time.RFC3339),
	}
	if r.revision != "" {
		l["org.opencontainers.image.revision"] = r.revision
	}
	return l
}
