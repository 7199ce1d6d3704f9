//go:build !linux

package soak

// resident is not known here.
func resident() int64 { return 0 }

// descriptors is not known here.
func descriptors() int { return 0 }
