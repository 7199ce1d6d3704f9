// Package balance judges whether every coordinator gets its share. It is one
// cascade of four rules: order, reach, coverage, imbalance.
//
// lookstats.go applies them to one look (sample.go), leastconn.go where the
// coordinators say how many connections they have; cascade.go goes from look to
// look (confirm, third, extend); findings*.go words the outcome; power.go says what
// a look could have shown. docs/statistics.md has the rule and its figures.
//
// Nothing outside this package knows a rule: it could be replaced as a whole.
package balance
