// Package stats is the arithmetic behind the verdicts: pure functions of
// counts and of order, which know nothing of balancers.
//
//   - [ChiSquare] and [ChiSquareTail] ask whether counts fit expected shares;
//   - [Matches] and its methods ask whether neighbours in a sequence are alike
//     more often than its counts explain;
//   - [MissAny] and [SampleSize] say how many draws show every one of k;
//   - [Power] says how often a test would have alarmed;
//   - [Fits] and [SafeSessions] say how many sessions find a place where chance
//     places them.
//
// Where chance is used, the caller gives the generator, so that the same
// evidence is read the same way twice. The package refuses nothing: it returns
// the cautious value (a chance of 1) where a question has no answer.
package stats
