//go:build !unix

package host

// MaxFiles is not known here.
func MaxFiles() int { return 0 }

// LocalPorts is not known here.
func LocalPorts() int { return 0 }
