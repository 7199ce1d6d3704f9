//go:build unix && noaws

package main

import "testing"

// startedAccount is none: this build is without AWS.
func startedAccount(*testing.T, string) []string { return nil }
