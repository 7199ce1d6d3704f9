// Package stats has the statistics behind the verdicts: pure functions of counts
// and sequences, independent of load balancing.
//
//   - [ChiSquare] and [ChiSquareTail] test whether counts fit expected shares;
//   - [MatchesAtLeast] tests whether consecutive values are equal more often than the
//     counts explain, [ContinuedAfter] and [MatchesApart] whether they follow a rotation;
//   - [IndependenceOf] tests whether rows and columns of a table have to do with each other;
//   - [FillColdest], [FillHottest] and [FillOne] bound what unknown values could change;
//   - [DrawsToSee] and [LookSize] compute how many draws show every one of k values;
//   - [Power] estimates how often a test raises an alarm;
//   - [Fits] and [SafeSessions] compute how many randomly placed sessions fit.
//
// Random numbers come from a generator given by the caller, so that results are
// reproducible. There are no errors: functions return the cautious value (a
// probability of 1) if there is no answer.
package stats
