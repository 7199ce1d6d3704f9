//go:build !race

package main

const testsAtOnce = 16 // most of a demo is waiting

const gcPercent = 400 // cobra keeps the flags of every command line of a process
