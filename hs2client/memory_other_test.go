//go:build !linux

package hs2client_test

// confined is never set: address space is limited on Linux alone.
const confined = ""

func queryConfined(string) {}
