package scenarios

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Blocks are the sessions of a look that have no strict order, the burst left out,
// counted in blocks of consecutive starts. They take constant memory: where there
// would be more than MaxBlocks, two adjacent ones become one and the width doubles.
// The zero value is empty and ready to use.
type Blocks struct {
	Width int     // starts of sessions in a block; 0: one
	From  int     // number of the first block; those before it have no sessions of the look
	List  []Block // without gaps
}

// MaxBlocks bounds the blocks of a look.
const MaxBlocks = 128

// Block counts the sessions of one block by node and coordinator, sorted by both.
type Block []BlockCell

// BlockCell counts the sessions of a block that one node handed to one coordinator.
type BlockCell struct {
	Node        netip.AddrPort
	Coordinator string // "": unidentified
	Sessions    int
}

// Add counts a session that was the seq-th to start, from 0.
func (b *Blocks) Add(seq int, node netip.AddrPort, coordinator string) {
	b.Width = max(1, b.Width)
	b.at(seq).count(BlockCell{node, coordinator, 1})
}

// Merge adds the sessions of other.
func (b *Blocks) Merge(other Blocks) {
	if len(other.List) == 0 {
		return
	}
	b.Width = max(1, b.Width)
	for b.Width < other.Width {
		b.fold()
	}
	for i, block := range other.List {
		for _, cell := range block {
			b.at((other.From + i) * other.Width).count(cell)
		}
	}
}

// Sessions counts all of them.
func (b Blocks) Sessions() int {
	n := 0
	for _, block := range b.List {
		n += block.Sessions()
	}
	return n
}

// Clone is a copy that shares nothing with b.
func (b Blocks) Clone() Blocks {
	list := slices.Clone(b.List)
	for i := range list {
		list[i] = slices.Clone(list[i])
	}
	return Blocks{b.Width, b.From, list}
}

// at is the block of a start, made where it is missing.
func (b *Blocks) at(seq int) *Block {
	for len(b.List) > 0 && max(b.From+len(b.List), seq/b.Width+1)-min(b.From, seq/b.Width) > MaxBlocks {
		b.fold()
	}
	i := seq / b.Width
	switch {
	case len(b.List) == 0:
		b.From, b.List = i, make([]Block, 1)
	case i < b.From:
		b.List = append(make([]Block, b.From-i), b.List...)
		b.From = i
	case i >= b.From+len(b.List):
		b.List = append(b.List, make([]Block, i-b.From-len(b.List)+1)...)
	}
	return &b.List[i-b.From]
}

// fold makes one block of two and doubles the width.
func (b *Blocks) fold() {
	old := *b
	*b = Blocks{Width: 2 * old.Width, From: old.From / 2}
	if len(old.List) == 0 {
		return
	}
	b.List = make([]Block, (old.From+len(old.List)-1)/2-b.From+1)
	for i, block := range old.List {
		into := &b.List[(old.From+i)/2-b.From]
		for _, cell := range block {
			into.count(cell)
		}
	}
}

// Sessions counts those of one block.
func (b Block) Sessions() int {
	n := 0
	for _, cell := range b {
		n += cell.Sessions
	}
	return n
}

func (b *Block) count(cell BlockCell) {
	i, found := slices.BinarySearchFunc(*b, cell, byPlace)
	if found {
		(*b)[i].Sessions += cell.Sessions
	} else {
		*b = slices.Insert(*b, i, cell)
	}
}

func byPlace(a, b BlockCell) int {
	return cmp.Or(a.Node.Compare(b.Node), cmp.Compare(a.Coordinator, b.Coordinator))
}

// IsZero reports whether there are none, so that a result leaves them out.
func (b Blocks) IsZero() bool { return len(b.List) == 0 }

// blocksJSON is the shape of Blocks in a result: every node and coordinator once,
// and a text for each block, "1:12 3:4", with the number of the cell, from 1, and
// its sessions.
type blocksJSON struct {
	Width int         `json:"width"`
	From  int         `json:"from"`
	Cells []blockCell `json:"cells"`
	List  []string    `json:"sessions"`
}

type blockCell struct {
	Node        netip.AddrPort `json:"node"`
	Coordinator string         `json:"coordinator"`
}

// MarshalJSON writes the blocks.
func (b Blocks) MarshalJSON() ([]byte, error) {
	out := blocksJSON{Width: b.Width, From: b.From, List: make([]string, len(b.List))}
	numbers := map[blockCell]int{}
	for i, block := range b.List {
		var words []string
		for _, cell := range block {
			c := blockCell{cell.Node, cell.Coordinator}
			if numbers[c] == 0 {
				out.Cells = append(out.Cells, c)
				numbers[c] = len(out.Cells)
			}
			words = append(words, strconv.Itoa(numbers[c])+":"+strconv.Itoa(cell.Sessions))
		}
		out.List[i] = strings.Join(words, " ")
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads blocks; what a run cannot have written is an error.
func (b *Blocks) UnmarshalJSON(text []byte) error {
	var in blocksJSON
	if err := json.Unmarshal(text, &in); err != nil {
		return err
	}
	if err := checkLength(len(in.List), MaxBlocks); err != nil {
		return fmt.Errorf("blocks: %w", err)
	}
	if in.Width < 1 || in.Width > maxCount || in.From < 0 || in.From > maxCount/in.Width-MaxBlocks {
		return fmt.Errorf("blocks: invalid width %d or number %d", in.Width, in.From)
	}
	*b = Blocks{Width: in.Width, From: in.From, List: make([]Block, len(in.List))}
	for i, words := range in.List {
		if err := b.List[i].read(words, in.Cells); err != nil {
			return fmt.Errorf("blocks: sessions[%d]: %w", i, err)
		}
	}
	return nil
}

// read reads the text of one block.
func (b *Block) read(text string, cells []blockCell) error {
	for _, word := range strings.Fields(text) {
		numbers, err := numbersOf(word, 2)
		if err != nil {
			return err
		}
		if numbers[0] < 1 || numbers[0] > len(cells) {
			return fmt.Errorf("there is no cell %d", numbers[0])
		}
		cell := cells[numbers[0]-1]
		*b = append(*b, BlockCell{cell.Node, cell.Coordinator, numbers[1]})
	}
	slices.SortFunc(*b, byPlace)
	for i := 1; i < len(*b); i++ {
		if byPlace((*b)[i-1], (*b)[i]) == 0 {
			return fmt.Errorf("the sessions of %s on %q are there twice", (*b)[i].Node, (*b)[i].Coordinator)
		}
	}
	return nil
}
