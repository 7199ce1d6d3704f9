//go:build !unix

package run

// maxFiles is not known here.
func maxFiles() int { return 0 }

// localPorts is not known here.
func localPorts() int { return 0 }
