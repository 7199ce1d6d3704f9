package report

// A block is a part of a section for a medium that lays out its own pages: a page that
// collects has these in place of lines of text. One of its fields is set.
type block struct {
	title string // begins a section
	say   string // a paragraph
	item  string // of a list
	fact  fact
	table *tableBlock
}

// fact is one line of a list of terms.
type fact struct{ Term, Text string }

// tableBlock is a table with all that its cells say.
type tableBlock struct {
	cols   []column
	rows   [][]string
	beyond int     // rows that are left out
	counts [][]int // of the cells that are counts, to be shown as shades, too; nil: none
}

// newBlocks is a page that has no width and collects blocks.
func newBlocks(s Style) *page {
	const unlimited = 1 << 16
	return &page{Style: s, width: unlimited, collects: true}
}

// collected runs a section and returns its blocks.
func (p *page) collected(section func()) []block {
	p.blocks = nil
	section()
	return p.blocks
}

// shade says which counts the table before shows, from its second column on.
func (p *page) shade(counts [][]int) {
	if n := len(p.blocks); n > 0 && p.blocks[n-1].table != nil {
		p.blocks[n-1].table.counts = counts
	}
}
