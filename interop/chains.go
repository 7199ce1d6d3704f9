//go:build linux

package main

func chainProofs(*lab) []proof { return nil }
