// Command mutants tries the tests: it changes the shipped code in one small place at a
// time, as a mistake would, and runs the tests that execute that place. A mutant that
// fails a test is killed; one that lives shows behaviour that no test holds.
//
//	go -C tools/mutants run . -n 400 -seed 1
//
// Each area of the code (area.go) has an equal part of the sample, as far as it has that
// many mutants. Which mutants are drawn depends on the seed and on the changed text alone,
// so one commit and one seed give one sample.
//
// All mutants of a sample are compiled together (combined.go), each as a copy of its
// function to which the function switches if that mutant is on; so a mutant costs the tests
// that run on it, and no compiler. The compiler reads the changed files by its -overlay, so
// the tree stays as it is, unless a mutant itself writes into the directory of its tests.
//
// Which tests execute a place is measured first, each test by itself. That takes some
// minutes, and is kept in the directory -work for test binaries that have not changed. A
// place that no test executes counts as one whose mutant lives.
//
// A mutant that behaves as the original does is named in equivalent.txt with the reason.
// A name there that no mutant has, or whose mutant is killed, is an error.
//
// The module is apart from impala-lbcheck's, as those of the other tools are.
package main
