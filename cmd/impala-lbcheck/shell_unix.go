//go:build unix

package main

// shell runs the command that is put behind it.
var shell = []string{"sh", "-c"}
