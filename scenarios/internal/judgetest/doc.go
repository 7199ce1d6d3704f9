// Package judgetest is test support: looks at simulated coordinators, and findings
// compared by status and, in golden files, by their words.
package judgetest
