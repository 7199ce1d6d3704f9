package peertest

import "testing"

func TestAnswers_ChangeOne(t *testing.T) {
	t.Parallel()
	var a Answers
	for _, tc := range []struct {
		change Change
		want   [3]string
		at     int // the answer that is changed; -1: none
	}{
		{Change{}, [3]string{"one", "two", "three"}, -1},
		{withWay("bit 7 flipped", 4), [3]string{"one", "t\xf7o", "three"}, 1},
		{withWay("cut", 3), [3]string{"one", "", "three"}, 1},
		{withWay("a byte left out", 10), [3]string{"one", "two", "thre"}, 2},
		{withWay("cut", 11), [3]string{"one", "two", "three"}, -1},
	} {
		a.Next(tc.change)
		for i, said := range []string{"one", "two", "three"} {
			got, more, here := a.Changed([]byte(said))
			if string(got) != tc.want[i] || here != (i == tc.at) || more == (here && tc.change.Cuts) {
				t.Errorf("%s: answer %d is %q, more %v, here %v", tc.change, i, got, more, here)
			}
		}
		if a.Said() != len("onetwothree") {
			t.Errorf("%d bytes said", a.Said())
		}
	}
}
