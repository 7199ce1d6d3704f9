// Package floors holds the test that imports point down: every package of the
// module and the siblings that it may import stand in one table, and a package
// or an import that is not in it fails the test. It has no code of its own.
package floors
