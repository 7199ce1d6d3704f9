// Package golden compares what a test made with a file that a human has read.
//
// [Equal] is all of it: it fails the test with a line by line difference, or,
// under `go test -update`, writes the file so that the change shows up in a
// review. The flag is registered on import, so only tests import this package.
//
// It does not find the files: the test that owns them knows their names.
package golden
