package reconcile

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
)

// why says why no session joins: the first thing that is wrong, from the plainest on.
func (j *Join) why(files []balancerlog.File) string {
	logged := loggedTime(files)
	slack := maxSkew
	if !j.format.Zone {
		slack = maxZone + maxSkew
	}
	run := j.window
	if j.options.Offset != nil {
		run = span{run.start.Add(*j.options.Offset), run.end.Add(*j.options.Offset)}
	}
	votes := j.votesOf(j.linesOf)
	by, shifted := j.shifted(votes)
	switch {
	case logged.start.IsZero():
		return "the log has no connection"
	case j.connected() == 0:
		return "no session has a local port: none connected"
	case shifted > 0 && !j.possible(by):
		return fmt.Sprintf("%d sessions would fit if the log's clock were %s: if that is so, give --log-offset %s", shifted, ahead(by), by.Round(time.Second))
	case logged.end.Before(run.start.Add(-slack)) || logged.start.After(run.end.Add(slack)):
		return fmt.Sprintf("the log is of another time: it has connections from %s to %s, and the run lasted from %s to %s", stamp(logged.start), stamp(logged.end), stamp(j.window.start), stamp(j.window.end))
	case len(votes) > 0:
		return j.whyNoClock(votes)
	}
	if at, was, ok := j.otherNode(); ok {
		return fmt.Sprintf("the log has our addresses and ports at %s, and we dialled %s: is there another balancer or a NAT in front of this one?", at, was)
	}
	if len(j.others.own.of) > 0 {
		return "the log has our address with other ports alone: are these the sessions of another run, or does something between us and the balancer change ports?"
	}
	return j.whyNoAddress()
}

// whyNoClock is of lines that have our addresses and ports, at times that do not fit.
func (j *Join) whyNoClock(votes []vote) string {
	c := j.estimate(votes)
	if c.rival*2 >= c.votes && c.votes > 0 {
		return fmt.Sprintf("the log fits at two times: %d sessions agree on one difference of the clocks, %d on another: where the clocks agree to a minute, give --log-offset 0s", c.votes, c.rival)
	}
	return "too few sessions agree on a difference of the clocks: the log has our addresses and ports at other times"
}

// otherNode is a node of lines with our addresses and ports, where it is not the one that
// was dialled.
func (j *Join) otherNode() (at, was netip.AddrPort, ok bool) {
	for _, s := range j.sessions {
		for _, l := range j.linesOf(s) {
			return l.Node, s.Node, true
		}
	}
	return at, was, false
}

func (j *Join) whyNoAddress() string {
	busiest, n := j.translated.busiest()
	if !busiest.IsValid() {
		return "the log has none of our addresses: is it of this balancer?"
	}
	return fmt.Sprintf("the log has none of our addresses: is it of this balancer? The most lines, %d, are of %s: if a NAT changes our address and ports to that, nothing can be joined", n, busiest)
}

// loggedTime is from the first to the last connection of the logs.
func loggedTime(files []balancerlog.File) span {
	var s span
	for _, f := range files {
		if f.Records > 0 {
			s.include(f.First, f.Last)
		}
	}
	return s
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// ahead is "3.2 ms ahead of ours" or "1h0m0s behind ours".
func ahead(d time.Duration) string {
	if d < 0 {
		return rounded(-d) + " behind ours"
	}
	return rounded(d) + " ahead of ours"
}

func milliseconds(v float64) time.Duration { return time.Duration(v * float64(time.Millisecond)) }

func minutes(v float64) time.Duration { return time.Duration(v * float64(time.Minute)) }

func rounded(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	}
	return d.Round(10 * time.Millisecond).String()
}
