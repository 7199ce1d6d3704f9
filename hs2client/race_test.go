//go:build race

package hs2client_test

// raceDetector is on: it allocates on its own account.
const raceDetector = true
