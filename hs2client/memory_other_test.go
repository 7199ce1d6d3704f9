//go:build !linux

package hs2client_test

// confined is never set: address space is limited on Linux alone.
const confined = ""

// crowded is never set: the peak of memory is read on Linux alone.
const crowded = ""

func queryConfined(string) {}

func crowdConfined(string) {}
