package merge

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// capacitySum is what documents held. What they held at different times is no sum, so they
// are put together at the end.
type capacitySum struct {
	docs  []heldBy
	holds []hold // of the runs
}

// heldBy is what one document held. Times count from the first start.
type heldBy struct {
	scenarios.Capacity
	began, ended scenarios.Seconds // where Hold is not nil
}

// add takes in a document that began at a time.
func (c *capacitySum) add(of scenarios.Capacity, at scenarios.Seconds, holds []hold) {
	d := heldBy{Capacity: of}
	if of.Hold != nil {
		d.began, d.ended = at+of.Hold.Began, at+of.Hold.Ended
	}
	c.docs = append(c.docs, d)
	if of.Held > 0 {
		c.holds = append(c.holds, holds...)
	}
}

// sum is what the documents held together; nil where none says. It is whole where the
// sessions of all were open together for half of the time that was asked for, or where it
// fails because a session did not get in; else meeting says what is wrong.
func (c capacitySum) sum(asked scenarios.Seconds) (out *scenarios.Capacity, wrong *meeting) {
	if len(c.docs) == 0 {
		return nil, nil
	}
	all := sumOfHeld(c.docs)
	m := meetingOf(c.holds)
	if !m.isOneLoad(all.StoppedBy.IsZero(), asked) {
		wrong = &m
	}
	if m.known() && m.never() {
		best := sumOfHeld(c.most())
		all.Held, all.Survived, all.Holders, all.For, all.Hold = best.Held, best.Survived, best.Holders, best.For, nil
	}
	return &all, wrong
}

// most are the documents that held the most sessions at one instant, as far as is known.
func (c capacitySum) most() []heldBy {
	var best heldBy
	held := -1
	for _, at := range c.docs {
		n := at.Held
		for _, d := range c.docs {
			if d.heldWhen(at) {
				n += d.Held
			}
		}
		if n > held {
			best, held = at, n
		}
	}
	meet := []heldBy{best}
	for _, d := range c.docs {
		if d.heldWhen(best) {
			meet = append(meet, d)
		}
	}
	return meet
}

// heldWhen reports whether a document held its sessions when another began to.
func (d heldBy) heldWhen(other heldBy) bool {
	return d.Hold != nil && other.Hold != nil && d.Hold != other.Hold && d.began <= other.began && d.ended >= other.began
}

// sumOfHeld adds what was held together. What follows from it is the judge's to fill.
func sumOfHeld(docs []heldBy) scenarios.Capacity {
	out := docs[0].Capacity
	out.Holders = slices.Clone(out.Holders)
	began, ended, known := docs[0].began, docs[0].ended, out.Hold != nil
	for _, c := range docs[1:] {
		out.Target += c.Target
		out.Held += c.Held
		out.Survived += c.Survived
		out.Lost += c.Lost
		out.For = min(out.For, c.For)
		out.Entered = out.Entered || c.Entered
		if out.StoppedBy.IsZero() {
			out.StoppedBy, out.Phase = c.StoppedBy, c.Phase
		}
		addHolders(&out, c.Holders)
		began, ended, known = max(began, c.began), min(ended, c.ended), known && c.Hold != nil
	}
	out.Hold = nil
	if known && began <= ended {
		out.Hold = &scenarios.Hold{Began: began, Ended: ended}
		out.For = min(out.For, ended-began)
	}
	return out
}

func addHolders(c *scenarios.Capacity, holders []scenarios.Holder) {
	for _, h := range holders {
		i, found := slices.BinarySearchFunc(c.Holders, h.Name, func(o scenarios.Holder, name string) int { return cmp.Compare(o.Name, name) })
		if found {
			c.Holders[i].Held += h.Held
		} else {
			c.Holders = slices.Insert(c.Holders, i, h)
		}
	}
}
