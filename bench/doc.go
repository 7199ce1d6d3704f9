// Command bench compares impala-lbcheck's client with alternatives, interleaved in one
// run, and reports whether the targets in targets.go are met. README.md says what is
// compared and what the figures mean.
//
//	bench [--quick] [--out DIR]     the whole comparison
//	bench load|hold ...             one client under load, as a child process
package main
