package merge_test

import (
	"bytes"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// notSummed are the fields of what was measured, and those within them, of which a change
// in a document need not show in the sum, and why.
var notSummed = map[string]string{
	"Idle":                           "refused by kind",
	"Silent":                         "refused by kind: only certificates have it",
	"Probe":                          "kept where no session was good",
	"Sessions.OK":                    "counted anew from the looks, as the next two",
	"Sessions.Failed":                "",
	"Sessions.Unknown":               "",
	"Nodes":                          "counted anew from the looks; when a node came and left has a test of its own",
	"Looks.Clients":                  "one, or none, is one machine",
	"Looks.Sequences":                "in the place of Sequence, which each has: TestMerge_RepeatedRuns",
	"Load.OfCores":                   "that of the machine that had least to spare, as needs",
	"Load.Needs.Have":                "",
	"Capacity.For":                   "the shortest",
	"Capacity.Hold.Ended":            "the first",
	"Logins.All":                     "computed anew from the times, as the next",
	"Logins.Coordinators":            "",
	"Sources.Shard":                  "of two documents with one source each it makes no difference",
	"Baseline":                       "all must have the same: TestMerge_Baselines",
	"Watch.Coords.Back":              "with Gone alone: TestMerge_WatchedCoordinator",
	"Looks.Successes.Extent.MinOpen": "the least",
	"Looks.Failures.Extent.MinOpen":  "the least",
	"Capacity.Threads":               "this and all that follow are the judge's to fill",
	"Capacity.From":                  "", "Capacity.Cause": "", "Capacity.Policy": "", "Capacity.Even": "", "Capacity.Nominal": "", "Capacity.NominalOneDown": "",
	"Capacity.Safe": "", "Capacity.SafeOneDown": "", "Capacity.MoreCoord": "", "Capacity.MoreThr": "",
}

// ofOneDocument are those of which the sum has what one of the documents says, and which.
var ofOneDocument = map[string]string{
	"Audit":                  "the first; another load balancer is refused: TestMerge_Audits",
	"Scouts":                 "that which found it hardest to get in",
	"TLS":                    "the first; what tells certificates apart is in every document",
	"Looks.Kind":             "the first, as all took the same look",
	"Looks.Joins":            "the first",
	"Looks.Seen.Weak":        "the first",
	"Looks.Errors":           "the text and the fix of the first",
	"Capacity.Phase":         "the first that was stopped",
	"Queries.Class":          "the first that failed, as the next",
	"Queries.Example":        "",
	"Handles.Class":          "",
	"Handles.Example":        "",
	"Closes.Class":           "",
	"Closes.Example":         "",
	"Watch.Outage":           "the one with the last failed session",
	"Watch.Coords.First":     "the first",
	"Watch.EventText":        "the first",
	"Looks.Failures.MinWait": "the least",
}

// kindsOf has the kinds that a part of a result is of; the others are of kind stages.
var kindsOf = map[string]scenarios.Kind{
	"Looks": scenarios.KindLooks, "Audit": scenarios.KindLooks, "Capacity": scenarios.KindCapacity, "Queries": scenarios.KindQuery, "Watch": scenarios.KindWatch, "Handles": scenarios.KindHandleReuse,
}

// Whoever adds a field to what is measured, wherever in it, says how it is summed: what is
// forgotten would be lost in silence. Each field of each document is changed in turn, and
// the sum must show it, or be refused.
func TestMerge_KnowsEveryField(t *testing.T) {
	t.Parallel()
	unchanged := map[scenarios.Kind][]byte{}
	for i, path := range pathsOf(reflect.TypeFor[scenarios.Measured](), "") {
		if excused(notSummed, path) || i%fieldStep != 0 {
			continue
		}
		part, _, _ := strings.Cut(path, ".")
		kind, ok := kindsOf[part]
		if !ok {
			kind = scenarios.KindStages
		}
		if unchanged[kind] == nil {
			unchanged[kind] = sumOf(t, kind)
		}
		first, second := showsIn(t, unchanged[kind], kind, path, 0), showsIn(t, unchanged[kind], kind, path, 1)
		if first && second || excused(ofOneDocument, path) && (first || second) {
			continue
		}
		t.Errorf("%s: a change of it shows in the sum: %t for the first document, %t for the second. How is it summed? Say so in scenarios/merge and docs/merge.md, or here why not", path, first, second)
	}
}

// excused reports whether there is a reason for a field, or for what it is in.
func excused(reasons map[string]string, path string) bool {
	for in := range reasons {
		if path == in || strings.HasPrefix(path, in+".") {
			return true
		}
	}
	return false
}

// showsIn changes a field of one of two shards, and reports whether the sum is another than
// unchanged, or is refused.
func showsIn(t *testing.T, unchanged []byte, kind scenarios.Kind, path string, doc int) bool {
	t.Helper()
	shards := twoShards(kind)
	change(t, path, fieldAt(reflect.ValueOf(&shards[doc].Measured).Elem(), strings.Split(path, ".")))
	r, err := merge.Merge(shards, merge.Options{})
	return err != nil || !bytes.Equal(unchanged, written(t, r))
}

// sumOf is the sum of twoShards, as a file.
func sumOf(t *testing.T, kind scenarios.Kind) []byte {
	t.Helper()
	r, err := merge.Merge(twoShards(kind), merge.Options{})
	if err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
	return written(t, r)
}

// twoShards have 24 sessions, of which the last two failed.
func twoShards(kind scenarios.Kind) []scenarios.Result {
	all := sessions(kind, 1, 24, 1)
	for i := range all[22:] {
		o := &all[22+i]
		o.Outcome, o.Failed, o.Class, o.Text = scenarios.OutcomeFailed, scenarios.PhaseOpen, vocabtest.Class("open.eof"), "the words"
		o.Who, o.Closed = scenarios.Identity{}, scenarios.OutcomeUnknown
	}
	return split(scenarioOf(kind), all, 2)
}

// leafTypes are those that are changed as a whole.
var leafTypes = []reflect.Type{
	reflect.TypeFor[scenarios.Times](), reflect.TypeFor[scenarios.PhaseStats](), reflect.TypeFor[scenarios.Class](), reflect.TypeFor[netip.AddrPort](),
	reflect.TypeFor[time.Time](), reflect.TypeFor[scenarios.Blocks](), reflect.TypeFor[scenarios.Sequence](), reflect.TypeFor[scenarios.Scenario](), reflect.TypeFor[scenarios.Fixes](),
	reflect.TypeFor[netip.Addr](), reflect.TypeFor[scenarios.CoarseTimes](),
}

// pathsOf are the fields in a type, down to those without any: "Watch.Coords.PIDs".
func pathsOf(in reflect.Type, path string) []string {
	switch {
	case slices.Contains(leafTypes, in):
		return []string{path}
	case in.Kind() == reflect.Pointer, in.Kind() == reflect.Slice, in.Kind() == reflect.Map:
		return pathsOf(in.Elem(), path)
	case in.Kind() != reflect.Struct:
		return []string{path}
	}
	var out []string
	for f := range in.Fields() {
		if f.IsExported() {
			out = append(out, pathsOf(f.Type, strings.TrimPrefix(path+"."+f.Name, "."))...)
		}
	}
	return out
}

// fieldAt is the field at a path: of lists that in the last place, and what is not there
// is made.
func fieldAt(v reflect.Value, path []string) reflect.Value {
	switch {
	case slices.Contains(leafTypes, v.Type()):
		return v
	case v.Kind() == reflect.Pointer:
		copied := reflect.New(v.Type().Elem())
		if !v.IsNil() {
			copied.Elem().Set(v.Elem())
		}
		v.Set(copied)
		return fieldAt(v.Elem(), path)
	case v.Kind() == reflect.Slice:
		if v.Len() == 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		}
		return fieldAt(v.Index(v.Len()-1), path)
	case v.Kind() == reflect.Map, len(path) == 0:
		return v
	}
	return fieldAt(v.FieldByName(path[0]), path[1:])
}

// change gives a field another value.
func change(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch at := v.Addr().Interface().(type) {
	case *scenarios.Times:
		at.Record(time.Minute)
		return
	case *scenarios.CoarseTimes:
		at.Record(time.Minute)
		return
	case *scenarios.PhaseStats:
		at.Record([scenarios.NumPhases]time.Duration{scenarios.PhaseTCP: time.Minute})
		return
	case *scenarios.Class:
		*at = vocabtest.Class("open.reset")
		return
	case *netip.AddrPort:
		*at = netip.MustParseAddrPort("192.0.2.9:1")
		return
	case *netip.Addr:
		*at = netip.MustParseAddr("192.0.2.9")
		return
	case *time.Time:
		*at = at.Add(-time.Hour)
		return
	case *scenarios.Blocks:
		at.Add(1, netip.MustParseAddrPort("192.0.2.9:1"), "other:1")
		return
	case *scenarios.Sequence:
		at.Add(scenarios.Session{Coordinator: "other:1"})
		return
	case *scenarios.Scenario:
		at.Load.Rate++
		return
	case *scenarios.Fixes:
		*at = append(slices.Clone(*at), scenarios.Fixes{{Why: "another"}}...)
		return
	case *scenarios.TimesByName:
		var one scenarios.Times
		one.Record(time.Minute)
		*at = scenarios.TimesByName{"other:1": one}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "z")
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Uint64:
		v.SetUint(v.Uint() + 1)
	case reflect.Float64:
		v.SetFloat(v.Float() + 500)
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Map:
		m := reflect.MakeMap(v.Type())
		m.SetMapIndex(reflect.ValueOf("other:1"), reflect.Zero(v.Type().Elem()))
		v.Set(m)
	default:
		t.Fatalf("%s: how does one change a %s?", path, v.Type())
	}
}

// Every kind is either summed or refused with a reason.
func TestMerge_KnowsEveryKind(t *testing.T) {
	t.Parallel()
	for _, k := range scenarios.Kinds() {
		r := ofKind(k)
		r.Stopped = &scenarios.Stop{By: scenarios.StopInterrupted, Text: "interrupted"}
		_, err := merge.Merge([]scenarios.Result{r}, merge.Options{})
		if refused := k == scenarios.KindCertificates || k == scenarios.KindIdle || k == scenarios.KindAudit; refused != (err != nil) {
			t.Errorf("%s: %v", k, err)
		}
	}
}
