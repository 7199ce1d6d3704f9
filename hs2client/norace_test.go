//go:build !race

package hs2client_test

const raceDetector = false
