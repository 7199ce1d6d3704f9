// Package floors holds the tests of the module's shape. Imports point down: every
// package and the siblings that it may import stand in one table, and a package
// or an import that is not in it fails the test. And what the public packages
// export is what testdata/api says. It has no code of its own.
package floors
