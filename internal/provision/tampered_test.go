package provision

import (
	"net/http"
	"reflect"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/faultproxy"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// tampered changes one answer of AWS.
type tampered struct{ peertest.Answers }

// answer is given each answer in turn.
func (s *tampered) answer(_ int, w http.ResponseWriter, a faultproxy.Answer) bool {
	body, more, here := s.Changed(a.Body)
	if !here {
		return false
	}
	w.Header().Set("Content-Type", a.Header.Get("Content-Type"))
	if !more && len(body)%2 > 0 { // the connection breaks; else the answer ends as one that is whole
		w.Header().Set("Content-Length", "1000000")
	}
	w.WriteHeader(a.Status)
	_, _ = w.Write(body)
	return true
}

// eachTampered runs with nothing changed, and then with changes of what AWS says: some of
// them, or with -hostile many.
func eachTampered(t *testing.T, some, many int, build func(*testing.T) (*cluster, lbfile.Spec), run func(Cloud, lbfile.Spec, *cluster, peertest.Change) error) {
	t.Helper()
	var tried peertest.Tried
	try := func(change peertest.Change) (said int) {
		t.Run("", func(t *testing.T) { // whose cleanups let go of the simulation
			c, spec := build(t)
			p, err := faultproxy.New(c.URL())
			if err != nil {
				t.Fatal(err)
			}
			var s tampered
			s.Next(change)
			p.Change(s.answer)
			start := time.Now()
			err = run(c.cloud(t, p.URL(), "us-east-1"), spec, c, change)
			tried.Note(time.Since(start), 0, err == nil)
			if err := p.Close(); err != nil {
				t.Error(err)
			}
			said = s.Said()
		})
		return said
	}
	for _, change := range peertest.Changes(try(peertest.Change{}), some, many) {
		try(change)
	}
	tried.Log(t)
}

// built is a function that returns one AWS with what a file describes, every time.
func built(t *testing.T, file func(*testing.T) lbfile.Spec) func(*testing.T) (*cluster, lbfile.Spec) {
	c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), file(t)
	mustApply(t, c, spec)
	return func(*testing.T) (*cluster, lbfile.Spec) { return c, spec }
}

// TestTampered_ComparisonsOfAWS: a plan and a status of which an answer was cut say what
// they say without it, or that they failed; and they change nothing.
func TestTampered_ComparisonsOfAWS(t *testing.T) {
	t.Parallel()
	for name, file := range sweepFiles {
		t.Run("plan, "+name, func(t *testing.T) {
			t.Parallel()
			var whole Plan
			eachTampered(t, 5, 1000, built(t, file), func(cloud Cloud, spec lbfile.Spec, c *cluster, change peertest.Change) error {
				writes := c.Writes()
				plan, err := MakePlan(t.Context(), cloud, spec)
				if change.Name == "" {
					whole = plan
				}
				checkComparison(t, change, err, actions(plan.Changes), actions(whole.Changes))
				if n := c.Writes() - writes; n > 0 {
					t.Errorf("%s: a plan made %d changes", change, n)
				}
				return err
			})
		})
		t.Run("status, "+name, func(t *testing.T) {
			t.Parallel()
			var whole Report
			eachTampered(t, 5, 1000, built(t, file), func(cloud Cloud, spec lbfile.Spec, c *cluster, change peertest.Change) error {
				writes := c.Writes()
				report, err := Status(t.Context(), cloud, spec)
				if change.Name == "" {
					whole = report
				}
				checkComparison(t, change, err, actions(report.Drift), actions(whole.Drift))
				if n := c.Writes() - writes; n > 0 {
					t.Errorf("%s: a status made %d changes", change, n)
				}
				return err
			})
		})
	}
}

// checkComparison holds what was found against what there is.
func checkComparison(t *testing.T, change peertest.Change, err error, got, want []string) {
	t.Helper()
	switch {
	case err != nil && change.Name == "":
		t.Fatal(err)
	case err != nil:
		checkOneLine(t, change.String(), err)
	case change.Loses && !reflect.DeepEqual(got, want):
		t.Errorf("%s: it says %q where %q is so", change, got, want)
	}
}

// TestTampered_ApplyOnAWS: an apply of which an answer was cut has made all that it was to
// make, or says what it has not done.
func TestTampered_ApplyOnAWS(t *testing.T) {
	t.Parallel()
	for name, file := range sweepFiles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fresh := func(t *testing.T) (*cluster, lbfile.Spec) {
				c := newCluster(t, awssim.Config{IssueAfter: 1})
				return c, sweepFile(t, c, file)
			}
			eachTampered(t, 3, 400, fresh, func(cloud Cloud, spec lbfile.Spec, c *cluster, change peertest.Change) error {
				report, err := Apply(t.Context(), cloud, spec, Options{})
				defer closeSim(t, c)
				if err != nil {
					checkOneLine(t, change.String(), err)
				}
				if err != nil || !change.Loses && change.Name != "" {
					return err
				}
				after, err := Status(t.Context(), c.cloudHere(t), spec)
				if err != nil || !report.Complete || len(report.Drift)+len(after.Drift) > 0 {
					t.Errorf("%s: it says that all is done, and %q is missing (%v)", change, actions(after.Drift), err)
				}
				return nil
			})
		})
	}
}

// TestTampered_DestroyOnAWS: whatever AWS seems to say, what is not ours stays as it is;
// and a destroy of which an answer was cut has removed all of ours, or says what is left.
func TestTampered_DestroyOnAWS(t *testing.T) {
	t.Parallel()
	for _, among := range []neighbourhood{classicAmong, networkAmong} {
		t.Run(string(among), func(t *testing.T) {
			t.Parallel()
			var n *neighbours
			before := ""
			fresh := func(t *testing.T) (*cluster, lbfile.Spec) {
				n = newNeighbours(t, among)
				before = n.theirs(t)
				return n.cluster, n.spec
			}
			eachTampered(t, 2, 300, fresh, func(cloud Cloud, spec lbfile.Spec, c *cluster, change peertest.Change) error {
				report, err := Destroy(t.Context(), cloud, spec, DestroyOptions{PurgeLogs: true})
				defer closeSim(t, c)
				if err != nil {
					checkOneLine(t, change.String(), err)
				}
				if after := n.theirs(t); after != before {
					t.Errorf("%s: what is not ours was changed:\n%s\nbefore:\n%s", change, after, before)
				}
				if left := c.tagged(); err == nil && len(left) > 0 && (change.Loses || change.Name == "") {
					t.Errorf("%s: it says that all is removed, and left %q; it lists %v", change, left, report.Left)
				}
				return err
			})
		})
	}
}

// closeSim closes one of hundreds of simulations.
func closeSim(t *testing.T, c *cluster) {
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
