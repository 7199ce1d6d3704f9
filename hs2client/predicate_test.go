package hs2client_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
)

func TestClassOf_FindsErrorInTree(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		is    func(error) bool
		phase hs2client.Phase
		kind  hs2client.Kind
	}{
		"timeout":         {hs2client.IsTimeout, hs2client.PhaseFetch, hs2client.KindTimeout},
		"closed":          {hs2client.IsClosed, hs2client.PhaseOpen, hs2client.KindEOF},
		"reset":           {hs2client.IsClosed, hs2client.PhaseTLS, hs2client.KindReset},
		"refused":         {hs2client.IsClosed, hs2client.PhaseTCP, hs2client.KindRefused},
		"descriptors":     {hs2client.IsLocal, hs2client.PhaseTCP, hs2client.KindLocalFiles},
		"ports":           {hs2client.IsLocal, hs2client.PhaseTCP, hs2client.KindLocalPorts},
		"rejected":        {hs2client.IsRejected, hs2client.PhaseSASL, hs2client.KindRejected},
		"admission":       {hs2client.IsAdmission, hs2client.PhaseExecute, hs2client.KindAdmission},
		"invalid session": {hs2client.IsInvalidSession, hs2client.PhaseExecute, hs2client.KindInvalidSession},
	} {
		e := &hs2client.Error{Op: "x", Addr: "a:1", Phase: tc.phase, Kind: tc.kind}
		if !tc.is(fmt.Errorf("while testing: %w", e)) {
			t.Errorf("%s: not seen in %v", name, e)
		}
		if hs2client.ClassOf(e) != (hs2client.Class{Phase: tc.phase, Kind: tc.kind}) {
			t.Errorf("%s: class %v", name, hs2client.ClassOf(e))
		}
		for _, other := range []error{nil, errors.New("another"), &hs2client.Error{Op: "x", Kind: hs2client.KindOther}} {
			if tc.is(other) {
				t.Errorf("%s: seen in %v", name, other)
			}
		}
	}
	if !hs2client.ClassOf(errors.New("another")).IsZero() {
		t.Error("an error of somebody else has a class")
	}
}
