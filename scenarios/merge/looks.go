package merge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// addLooks adds the looks of a document to those of its group: what was taken at the
// same place of a run was taken side by side.
func (s *sum) addLooks(looks []scenarios.Look) {
	for i, batch := range batchesOf(looks) {
		if i == len(s.group) {
			s.group, s.pids = append(s.group, nil), append(s.pids, nil)
		}
		for j, look := range batch {
			if j < len(s.group[i]) {
				s.group[i][j].MergeClient(look)
			} else {
				s.group[i], s.pids[i] = append(s.group[i], copied(look)), append(s.pids[i], processes{})
			}
			s.pids[i][j].add(look)
		}
	}
}

// batchesOf parts the looks of a run into those that are judged together.
func batchesOf(looks []scenarios.Look) [][]scenarios.Look {
	var out [][]scenarios.Look
	for i, l := range looks {
		if i > 0 && l.Continues(looks[i-1]) {
			last := len(out) - 1
			out[last] = append(out[last], l)
			continue
		}
		out = append(out, []scenarios.Look{l})
	}
	return out
}

// copied shares nothing with the look that can change.
func copied(l scenarios.Look) scenarios.Look {
	out := scenarios.Look{Kind: l.Kind, Planned: l.Planned, Cut: l.Cut, Clients: l.Clients, Joins: l.Joins}
	out.Sequences, l.Sequences = l.Sequences, nil
	out.Merge(l)
	return out
}

// endGroup puts the looks of the group behind those of the groups before, place by
// place: the groups repeat each other.
func (s *sum) endGroup() {
	for i, batch := range s.group {
		for j := range batch {
			s.pids[i][j].settle(&batch[j])
		}
		if i == len(s.batches) {
			s.batches = append(s.batches, nil)
		}
		if len(s.batches[i]) > 0 {
			batch[0].Joins = true
		}
		s.batches[i] = append(s.batches[i], batch...)
	}
	s.group, s.pids = nil, nil
}
