// Package golden compares the output of a test with a golden file.
//
// [Equal] fails the test with a line by line difference. With `go test -update`
// it writes the file instead, so that the change can be reviewed. The flag is
// registered on import, so only tests may import this package.
package golden
