package scenarios

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

// Ten million sessions take no more blocks than ten thousand, none is lost, and
// each block has those that started together.
func TestBlocks_ConstantMemory(t *testing.T) {
	t.Parallel()
	for _, first := range []int{0, 1, 777} {
		var b Blocks
		const sessions = 100_000
		for seq := range sessions {
			name := "early"
			if seq >= sessions/2 {
				name = "late"
			}
			b.Add(first+seq, nodesOfOrder[seq%2], name)
		}
		if len(b.List) > MaxBlocks || len(b.List) < MaxBlocks/2 || b.Sessions() != sessions {
			t.Fatalf("from %d: %d blocks with %d sessions", first, len(b.List), b.Sessions())
		}
		mixed := 0
		for i, block := range b.List {
			if n := block.Sessions(); n > b.Width || n < b.Width && i > 0 && i < len(b.List)-1 {
				t.Errorf("from %d: block %d has %d sessions of %d", first, i, n, b.Width)
			}
			if len(block) > 2 {
				mixed++
			}
		}
		if mixed > 1 {
			t.Errorf("from %d: %d blocks hold both halves of the run", first, mixed)
		}
	}
}

// In whatever order sessions end, and however many recorders saw them, the blocks
// are the same.
func TestBlocks_DoNotDependOnTheOrder(t *testing.T) {
	t.Parallel()
	for _, sessions := range []int{1, 2, 100, 129, 1000, 5000} {
		seqs := rand.New(rand.NewPCG(uint64(sessions), 3)).Perm(sessions)
		var inOrder, one Blocks
		var parts [3]Blocks
		add := func(b *Blocks, seq int) { b.Add(50+seq, nodesOfOrder[seq%2], string(rune('a'+seq*7%5))) }
		for seq := range sessions {
			add(&inOrder, seq)
			add(&one, seqs[seq])
			add(&parts[seqs[seq]%3], seqs[seq])
		}
		var merged Blocks
		for _, p := range parts {
			merged.Merge(p)
		}
		for name, got := range map[string]Blocks{"shuffled": one, "merged": merged} {
			for got.Width < inOrder.Width {
				got.fold()
			}
			if !reflect.DeepEqual(got, inOrder) {
				t.Errorf("%d sessions, %s:\n%+v\nwant\n%+v", sessions, name, got, inOrder)
			}
		}
		b, err := json.Marshal(inOrder)
		if err != nil {
			t.Fatal(err)
		}
		var back Blocks
		if err := json.Unmarshal(b, &back); err != nil || !reflect.DeepEqual(back, inOrder) {
			t.Errorf("stored and read: %+v, %v", back, err)
		}
	}
}
