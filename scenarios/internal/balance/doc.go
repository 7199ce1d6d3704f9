// Package balance judges whether every coordinator gets its share. It asks four
// rules of every look: order, reach, coverage, imbalance.
//
// sample.go puts the sessions of a look in order; look.go asks it the rules, each in a
// file of its own (order.go, reach.go, coverage.go, imbalance.go; source.go and
// leastconn.go where such a policy was declared), with gap.go for how long a
// coordinator has not answered and moving.go for shares that change during the run.
// states.go follows each rule from look to look, and says which look is missing;
// whole.go cuts the look of a run that is not made of looks into several. findings*.go
// words the outcome; power.go says what a run could have shown. docs/statistics.md
// has the rule and its figures.
//
// Nothing outside this package knows a rule: it could be replaced as a whole.
package balance
