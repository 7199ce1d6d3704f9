package merge

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// lack is something for want of which a sum is not whole, and what to do about it.
type lack struct {
	text string
	fix  string
}

const startTogether = "start all shards together, and merge again"

// lacks are what keeps the sum from being whole, besides runs that ended early. It fails
// where there is no sum at all.
func (s *sum) lacks(c chosen, apart *meeting) ([]lack, error) {
	var out []lack
	for _, text := range c.missing {
		out = append(out, lack{text, "run what is missing, with the same seed and number of shards, and merge again"})
	}
	var remarks []string
	for _, a := range apartOf(s.r.Sources) {
		if reason := kinds[s.r.Scenario.Kind.OrLooks()].notRepeated; reason != "" {
			return nil, &ApartError{Ended: s.names[a.ended.Run], Began: s.names[a.began.Run], reason: reason}
		}
		remarks = append(remarks, a.remark())
		out = append(out, lack{a.String(), startTogether})
	}
	s.said = append(s.said, boundedRemarks(remarks)...)
	for _, l := range loadsApart(s.r.Scenario, s.r.Sources) {
		out = append(out, lack{l.String(), startTogether})
	}
	if apart != nil {
		s.said = append(s.said, apart.remark())
		out = append(out, lack{apart.String(), apart.fix()})
	}
	for _, p := range s.parts {
		s.said = append(s.said, p.String())
		if p.judged {
			out = append(out, lack{p.String(), "merge fewer results"})
		}
	}
	return out, nil
}

// stopOf says why a sum is not whole; nil where it is. Where every run ended for one
// reason, the sum did; else the others still count.
func stopOf(sources []scenarios.SourceRun, lacks []lack) *scenarios.Stop {
	var stopped []scenarios.SourceRun
	for _, s := range sources {
		if s.Stopped != nil {
			stopped = append(stopped, s)
		}
	}
	switch {
	case len(stopped)+len(lacks) == 0:
		return nil
	case len(lacks) == 0 && len(stopped) == len(sources) && sameReason(stopped):
		return stopped[0].Stopped
	}
	out := &scenarios.Stop{By: scenarios.StopPartial}
	var texts []string
	for _, l := range lacks {
		texts = append(texts, l.text)
		if !slices.ContainsFunc(out.Hint, func(f vocab.Fix) bool { return f.Why == l.fix }) {
			out.Hint = append(out.Hint, vocab.Fix{Why: l.fix})
		}
	}
	for _, s := range stopped {
		texts = append(texts, fmt.Sprintf("%s ended early: %s", sourceName(s), s.Stopped.Text))
		out.Class = cmp.Or(out.Class, s.Stopped.Class)
		out.Hint = append(out.Hint, s.Stopped.Hint...)
	}
	const most = 4
	if more := len(texts) - most; more > 0 {
		texts = append(texts[:most], fmt.Sprintf("and %d more", more))
	}
	const fixes = 4
	out.Text, out.Hint = strings.Join(texts, "; "), out.Hint[:min(fixes, len(out.Hint))]
	return out
}

func sameReason(stopped []scenarios.SourceRun) bool {
	return !slices.ContainsFunc(stopped, func(s scenarios.SourceRun) bool { return s.Stopped.By != stopped[0].Stopped.By })
}

func sourceName(s scenarios.SourceRun) string {
	if s.Shard != nil {
		return "shard " + s.Shard.String()
	}
	return fmt.Sprintf("the run %.100s", s.Run)
}

func bySourceStart(a, b scenarios.SourceRun) int {
	return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Run, b.Run))
}
