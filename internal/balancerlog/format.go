package balancerlog

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Format is a format of logs.
type Format struct {
	Name       string
	Resolution time.Duration // of its times together with ours: how far two may differ by rounding
	Zone       bool          // its times name their instant; else they are those of an unnamed zone
	Backends   bool          // it says where a connection was sent
	Nodes      bool          // it says which of its addresses was dialled
	Many       bool          // one connection may have several lines: requests, or minutes of a flow
	Flows      bool          // it has no connections but directions of packets
	Apart      time.Duration // how far apart two of its times must be to tell which was first; 0: they need only differ

	decode func(*decoder, []byte, *Record) error
}

// Formats are those that are known, in the order of detection.
var Formats = []*Format{
	{Name: "classic", Resolution: time.Millisecond, Zone: true, Backends: true, decode: (*decoder).classic},
	{Name: "nlb-tls", Resolution: time.Second, Zone: true, decode: (*decoder).networkTLS},
	{Name: "haproxy", Resolution: 2 * time.Millisecond, Zone: true, Backends: true, Nodes: true, decode: (*decoder).haproxy},
	{Name: "haproxy-tcplog", Resolution: 2 * time.Millisecond, Backends: true, decode: (*decoder).haproxyTCP},
	{Name: "haproxy-httplog", Resolution: 2 * time.Millisecond, Backends: true, Many: true, decode: (*decoder).haproxyHTTP},
	{Name: "nginx", Resolution: 3 * time.Millisecond, Apart: 2 * time.Millisecond, Zone: true, Backends: true, Nodes: true, decode: (*decoder).nginx},
	{Name: "envoy", Resolution: 2 * time.Millisecond, Zone: true, Backends: true, Nodes: true, decode: (*decoder).envoy},
	{Name: "vpc-flow", Resolution: time.Second, Zone: true, Backends: true, Many: true, Flows: true, decode: (*decoder).flow},
}

// beside reports whether a line is of another of HAProxy's formats, where f is one of them.
func (f *Format) beside(d *decoder, line []byte) bool {
	if !strings.HasPrefix(f.Name, "haproxy") {
		return false
	}
	var r Record
	return slices.ContainsFunc(Formats, func(other *Format) bool {
		return other != f && strings.HasPrefix(other.Name, "haproxy") && other.decode(d, line, &r) == nil
	})
}

// FormatNames are the names of the formats.
func FormatNames() []string {
	var out []string
	for _, f := range Formats {
		out = append(out, f.Name)
	}
	return out
}

// FormatNamed is a format by its name; nil: there is none.
func FormatNamed(name string) *Format {
	for _, f := range Formats {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// decoder decodes the lines of one log.
type decoder struct {
	names names
	flows flowColumns // zero: no line was read
}

func newDecoder() *decoder { return &decoder{names: names{}} }

// errOther is of a line that is as its format has it, and tells of no connection.
var errOther = errors.New("a line of something else than a connection")

// SyntaxError is why a line is not as its format has it.
type SyntaxError struct {
	Column int    // in bytes, from 1
	Want   string // what was expected there
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("column %d: expected %s", e.Column, e.Want) }
