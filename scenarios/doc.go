// Package scenarios is the vocabulary of impala-lbcheck: what to do
// ([Scenario]), what was measured ([Observation], [Tally], [Look], [Cert]) and the
// verdict ([Finding], [Result]).
//
// A scenario is read from strict YAML ([Parse]) and is the same whether it
// came from a file, from the built-in list ([Builtin]) or from flags. A run
// turns it into observations; [Look.Add] folds them into the few counts that a
// verdict needs; package judge turns looks into findings; a [Result] holds all
// of it and is what is stored, compared and rendered.
//
// The package does no I/O and reads no clock, so a result stored by one version can be judged and rendered again by another.
// It refuses to be lenient: an unknown key in a scenario is an error, and every
// zero value is the cautious one (an outcome is unknown, a finding inconclusive).
package scenarios
