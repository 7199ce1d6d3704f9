// Command bench compares impala-lbcheck's client with what a person would use in
// its place, within one run and interleaved, and says whether the targets in
// targets.go are met. README.md says what is compared and what the figures mean.
//
//	bench [--quick] [--out DIR]     the whole comparison
//	bench load|hold ...             one client under load, as a child of the former
package main
