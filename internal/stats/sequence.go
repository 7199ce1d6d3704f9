package stats

// A sequence has the values of consecutive draws, numbered from 0.

// MatchesOf are the counts and the matches of a sequence.
func MatchesOf(seq []int) Matches {
	var m Matches
	for i, v := range seq {
		for len(m.Counts) <= v {
			m.Counts = append(m.Counts, 0)
		}
		m.Counts[v]++
		if i > 0 && seq[i-1] == v {
			m.M++
		}
	}
	return m
}

// MatchesApart counts the pairs of values at a distance, over all sequences, and how
// many of them are equal.
func MatchesApart(seqs [][]int, distance int) (equal, pairs int) {
	for _, seq := range seqs {
		for i := distance; i < len(seq); i++ {
			pairs++
			if seq[i] == seq[i-distance] {
				equal++
			}
		}
	}
	return equal, pairs
}

// EqualPairProbability is the probability that two values of one sequence are equal,
// whatever their order: the sum of c(c-1) over that of n(n-1). It is 0 if no
// sequence has two values.
func EqualPairProbability(seqs [][]int) float64 {
	equal, pairs := 0.0, 0.0
	for _, seq := range seqs {
		n := float64(len(seq))
		pairs += n * (n - 1)
		for _, c := range MatchesOf(seq).Counts {
			equal += float64(c) * float64(c-1)
		}
	}
	if pairs == 0 {
		return 0
	}
	return equal / pairs
}

// Continued counts, over all sequences, the values that are followed by another, by
// the length of the stretch of equal values that ends with them: at least so long,
// or shorter. Of each it counts how many stretches went on with the next value.
// A sequence that forgets how long a stretch is goes on equally often after both.
type Continued struct {
	LongOn, LongEnded   int
	ShortOn, ShortEnded int
}

// ContinuedAfter counts them for stretches of at least length values.
func ContinuedAfter(seqs [][]int, length int) Continued {
	var c Continued
	for _, seq := range seqs {
		stretch := 0
		for i := 0; i+1 < len(seq); i++ {
			if i > 0 && seq[i] == seq[i-1] {
				stretch++
			} else {
				stretch = 1
			}
			switch on, long := seq[i+1] == seq[i], stretch >= length; {
			case on && long:
				c.LongOn++
			case long:
				c.LongEnded++
			case on:
				c.ShortOn++
			default:
				c.ShortEnded++
			}
		}
	}
	return c
}

// Tail is the probability that at most so many of the long stretches went on, by
// Fisher's exact test: small where stretches end once they are long.
func (c Continued) Tail() float64 {
	return FisherAtMost(c.LongOn, c.LongEnded, c.ShortOn, c.ShortEnded)
}
