package balancerlog

// The most different names that are kept, and the longest, in bytes.
const (
	maxNames = 4096
	maxName  = 200
)

// otherNames stands for names beyond maxNames.
const otherNames = "(others)"

// names keeps one copy of each name, so that a line costs no memory of its own.
type names map[string]string

// of is a name, cut to maxName bytes.
func (n names) of(b []byte) string {
	b = b[:min(len(b), maxName)]
	if name, known := n[string(b)]; known {
		return name
	}
	if len(n) >= maxNames {
		return otherNames
	}
	name := string(b)
	n[name] = name
	return name
}
