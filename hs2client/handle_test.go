package hs2client_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

func open(t *testing.T, c hs2client.Config) *hs2client.Session {
	t.Helper()
	s, err := hs2client.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(t.Context()) })
	return s
}

func TestPingAs_ReachesASessionOfTheSameCoordinatorAlone(t *testing.T) {
	t.Parallel()
	one, other := cluster(t, simcluster.Config{First: 1}), cluster(t, simcluster.Config{First: 2})
	first := open(t, into(one, simcluster.Config{}))
	handle, ok := first.Handle()
	if !ok {
		t.Fatal("the session has no handle")
	}

	second := open(t, into(one, simcluster.Config{}))
	if who, err := second.PingAs(t.Context(), handle); err != nil || who.Coordinator != one.Names()[0] {
		t.Errorf("on the coordinator that opened it: %+v, %v", who, err)
	}
	third := open(t, into(other, simcluster.Config{}))
	_, err := third.PingAs(t.Context(), handle)
	if class := hs2client.ClassOf(err); class.String() != "execute.invalid-session" {
		t.Errorf("on another: %v", err)
	}
	for name, s := range map[string]*hs2client.Session{"the one that was used": second, "the one that was refused": third, "the one that was asked for": first} {
		if err := s.Ping(t.Context()); err != nil {
			t.Errorf("%s is lost: %v", name, err)
		}
	}
}

func TestHandle_IsNoneOfBeeswaxOrOfAClosedSession(t *testing.T) {
	t.Parallel()
	cl := cluster(t, simcluster.Config{Beeswax: true})
	c := into(cl, simcluster.Config{})
	closed := open(t, c)
	if err := closed.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.Protocol, c.Addr = hs2client.ProtocolBeeswax, cl.BeeswaxNodes()[0].String()
	for name, s := range map[string]*hs2client.Session{"Beeswax": open(t, c), "closed": closed} {
		handle, ok := s.Handle()
		if ok {
			t.Errorf("%s: it has a handle", name)
		}
		if _, err := s.PingAs(t.Context(), handle); hs2client.ClassOf(err).Kind != hs2client.KindInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever has a handle has the session.
func TestHandle_IsNotPrinted(t *testing.T) {
	t.Parallel()
	s := open(t, into(cluster(t, simcluster.Config{}), simcluster.Config{}))
	handle, _ := s.Handle()
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		if text := fmt.Sprintf(format, handle); strings.TrimSpace(text) != "hs2client.Handle" {
			t.Errorf("%s: %s", format, text)
		}
	}
}
