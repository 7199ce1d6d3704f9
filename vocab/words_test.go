package vocab

import (
	"encoding"
	"fmt"
	"testing"
)

func TestKind_EachHasANameAndAMeaning(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for k := range numKinds {
		if (k.String() == "") != (k == KindNone) || k.Means() == "" || seen[k.String()] || seen[k.Means()] {
			t.Errorf("kind %d: %q, %q", k, k, k.Means())
		}
		seen[k.String()], seen[k.Means()] = true, true
	}
	if numKinds.String() != "other" || Kind(-1).Means() != KindOther.Means() {
		t.Error("a number out of range is a kind")
	}
}

// text is what stands in files.
type text interface {
	fmt.Stringer
	encoding.TextMarshaler
}

// readBack reads every name of a type that counts from 0, and one beyond them,
// which must read as otherwise and not be a name to read.
func readBack[T interface {
	~int
	text
}, P interface {
	*T
	encoding.TextUnmarshaler
}](t *testing.T, n T, otherwise string) {
	t.Helper()
	seen := map[string]bool{}
	for v := range n {
		b, err := v.MarshalText()
		if err != nil || string(b) != v.String() || len(b) == 0 || seen[string(b)] {
			t.Errorf("%T %d is written as %q, %v", v, v, b, err)
		}
		seen[string(b)] = true
		back := n
		if err := P(&back).UnmarshalText(b); err != nil || back != v {
			t.Errorf("%q reads as %d, %v", b, back, err)
		}
	}
	if T(-1).String() != otherwise {
		t.Errorf("%T -1 is %q", n, T(-1))
	}
	back := n
	if err := P(&back).UnmarshalText([]byte("nonsense")); err == nil || back != n {
		t.Errorf("nonsense reads as %T %d", back, back)
	}
}

func TestNamesAreReadBack(t *testing.T) {
	t.Parallel()
	readBack[Phase](t, NumPhases, "unknown")
	readBack[Source](t, SourcePing+1, "none")
	readBack[ChainStatus](t, ChainWeakSignature+1, "unchecked")
}

func TestPhase_OfARunIsNoSessions(t *testing.T) {
	t.Parallel()
	for _, p := range []Phase{PhaseScenario, PhasePages, phaseUnknown} {
		back := PhaseClose
		if err := back.UnmarshalText([]byte(p.String())); err == nil || p.InSession() || !p.UntilOpen() {
			t.Errorf("%s reads as a phase of a session", p)
		}
	}
	for p := range NumPhases {
		if !p.InSession() || p.UntilOpen() != (p < PhaseExecute) {
			t.Errorf("%s: in a session %v, not open %v", p, p.InSession(), p.UntilOpen())
		}
	}
}

func TestSource_WeakOnesMayNameSeveralCoordinators(t *testing.T) {
	t.Parallel()
	for s, weak := range map[Source]bool{SourceNone: true, SourceIdentityQuery: true, SourceCoordinator: true, SourceHTTPAddr: false, SourcePing: false} {
		if s.Weak() != weak {
			t.Errorf("%s: weak %v", s, s.Weak())
		}
	}
}

func TestProtocol_PortAndNames(t *testing.T) {
	t.Parallel()
	for p, port := range map[Protocol]uint16{"": 21050, ProtocolHS2: 21050, ProtocolBeeswax: 21000} {
		if p.Port() != port || !p.Known() {
			t.Errorf("%q: port %d, known %v", p, p.Port(), p.Known())
		}
	}
	if Protocol("http").Known() {
		t.Error("http is none of Impala's")
	}
}
