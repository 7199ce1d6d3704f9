package wire

// Budget bounds one reply. The bytes of a value count as they arrive; what decoding
// allocates beyond them, which can be many times as much, counts before it is
// allocated.
type Budget struct {
	Bytes    int // as they arrive
	Overhead int // allocated beyond those bytes
}

var (
	// CallBudget is that of a reply which is not part of a result.
	CallBudget = Budget{1 << 20, 1 << 20}
	// ResultBudget is that of a reply with the description or the rows of one.
	ResultBudget = Budget{16 << 20, 32 << 20}
)

// Within is the budget with at most n of either.
func (b Budget) Within(n int) Budget { return Budget{min(b.Bytes, n), min(b.Overhead, n)} }

// less is what was used of a budget of which rest is left.
func (b Budget) less(rest Budget) int { return b.Bytes - rest.Bytes + b.Overhead - rest.Overhead }

// What decoding allocates beyond the bytes of a value: the header of a string or
// slice, a struct of the generated code with the pointer to it, and an entry of a map,
// for which there is room before it arrives.
const (
	textOverhead   = 24
	structOverhead = 80
	entryOverhead  = 64
)

// Bounds on what a reply contains, whatever its budget.
const (
	maxElements = 1 << 16
	maxNesting  = 64
)
