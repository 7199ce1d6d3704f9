package stats

import "math"

// MatchesAtLeast is the probability of at least this many matches in all, given the
// counts of each sequence: over all orders of each of them, independently. It is
// exact up to [exactMatches] sessions in a sequence; longer ones have the normal
// curve of their mean and variance, which is within some percent of the tail there.
// It is 1 if the counts allow only one order, and never below 1e-22.
func MatchesAtLeast(seqs []Matches) float64 {
	observed, sum := 0, distribution{p: []float64{1}}
	for _, s := range seqs {
		observed += s.M
		if Sum(s.Counts) > exactMatches {
			return normalTail(seqs)
		}
		sum = sum.convolve(s.law())
	}
	return min(1, max(sum.atLeast(observed), negligible))
}

// exactMatches bounds the work: the law takes the time of the length and the width
// of the law, a quarter of a second for this one on five coordinators.
const exactMatches = 50_000

// law is the distribution of M over all orders of the same counts. The kinds enter
// one by one. Into a sequence of n sessions with m matches, c of a new kind go in b
// blocks into b of the n+1 gaps, all sets of gaps alike; each block in a gap between
// equals ends a match, and has itself one match less than sessions:
//
//	f'(m - d + c - b) += f(m) C(c-1,b-1) C(m,d) C(n+1-m,b-d) / C(n+c,c)
//
// with d of the b blocks between equals. The blocks enter one by one, too, each into
// a gap not yet used, so that the sum over d is a step between neighbours. All terms
// are positive, so nothing cancels.
func (m Matches) law() distribution {
	sum, n := distribution{p: []float64{1}}, 0
	for _, c := range m.Counts {
		if c > 0 {
			sum = sum.insert(c, n)
			n += c
		}
	}
	return sum
}

// insert is the law of the matches once c sessions of a new kind went into a
// sequence of n.
func (d distribution) insert(c, n int) distribution {
	blocks := hypergeometric(n+1, c-1, c)
	most := blocks.offset + len(blocks.p) - 1
	out := distribution{offset: max(0, d.offset+c-2*most)}
	out.p = make([]float64, d.offset+len(d.p)-1+c-out.offset)
	for b := 1; b <= most; b++ {
		d = d.block(n + 1 - (b - 1))
		if b < blocks.offset {
			continue
		}
		chance, shift := blocks.at(b), d.offset+c-b-out.offset
		for i, p := range d.p {
			out.p[shift+i] += chance * p
		}
	}
	return out.trim()
}

// block is the law once a block went into one of so many gaps, as many of which are
// between equals as there are matches.
func (d distribution) block(gaps int) distribution {
	to := distribution{offset: d.offset - 1, p: make([]float64, len(d.p)+1)}
	for i, p := range d.p {
		between := float64(d.offset+i) / float64(gaps)
		to.p[i] += p * between
		to.p[i+1] += p * (1 - between)
	}
	return to.trim()
}

// atLeast is the probability of n or more.
func (d distribution) atLeast(n int) float64 {
	total := 0.0
	for i := len(d.p) - 1; i >= max(0, n-d.offset); i-- { // the small ones first
		total += d.p[i]
	}
	return total
}

// hypergeometric is the law of how many of the drawn are good. Like that of
// [poisson] it is computed from the mode outwards and then normalized.
func hypergeometric(good, bad, drawn int) distribution {
	low, high := max(0, drawn-bad), min(good, drawn)
	mode := int(math.Floor(float64(drawn+1) * float64(good+1) / float64(good+bad+2)))
	mode = min(max(mode, low), high)
	up := func(j int) float64 { // P(j+1) over P(j)
		return float64(good-j) / float64(j+1) * float64(drawn-j) / float64(bad-drawn+j+1)
	}
	first, end := mode, mode
	p := make([]float64, high-low+1)
	p[mode-low] = 1
	for j := mode; j < high && p[j-low] > negligible; j++ {
		p[j+1-low], end = p[j-low]*up(j), j+1
	}
	for j := mode; j > low && p[j-low] > negligible; j-- {
		p[j-1-low], first = p[j-low]/up(j-1), j-1
	}
	d := distribution{offset: first, p: p[first-low : end+1-low]}
	total := 0.0
	for _, q := range d.p {
		total += q
	}
	for i := range d.p {
		d.p[i] /= total
	}
	return d
}
