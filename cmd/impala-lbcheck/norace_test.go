//go:build !race

package main

const testsAtOnce = 16 // most of a demo is waiting
