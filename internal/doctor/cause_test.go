package doctor

import (
	"strings"
	"testing"
)

// Each cause is found by its own example, before any other.
func TestCauses_FitTheirSamples(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range Causes() {
		if seen[c.ID] || c.Title == "" || c.Command == "" || strings.HasSuffix(c.Title, ".") {
			t.Errorf("%+v", c)
		}
		seen[c.ID] = true
		if got := causeOf(c.sample); got.ID != c.ID {
			t.Errorf("%s: its sample is taken for %s", c.ID, got.ID)
		}
	}
}

// Every cause has a remedy, but for what is not known.
func TestCauses_HaveARemedy(t *testing.T) {
	t.Parallel()
	for _, c := range Causes() {
		if remedy := c.sample.remedy(); len(remedy) == 0 && c.ID != "other" && c.ID != "policy" && c.ID != "this-machine" {
			t.Errorf("%s: nothing to do", c.ID)
		}
	}
}
