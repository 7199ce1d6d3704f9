//go:build !linux

package localfile

// readOnlyMemory is known on Linux alone, which is where such mounts are.
func readOnlyMemory(string) bool { return false }
