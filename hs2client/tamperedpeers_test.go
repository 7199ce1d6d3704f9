package hs2client_test

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
)

// tamperedWait is the time of a phase with a peer that was tampered with: a length that
// grew is waited for.
const tamperedWait = 60 * time.Millisecond

// mostLive is the most memory that may be in use while peers are tampered with: theirs,
// and what a client may take.
const mostLive = 96 << 20

// whoAnswered is a whole session, and what it learned.
func whoAnswered(ctx context.Context, c hs2client.Config) (string, error) {
	s, err := hs2client.Open(ctx, c)
	if err != nil {
		return "", err
	}
	id := s.Identity()
	rows, err := s.Query(ctx, "SELECT pid()")
	if closing := s.Close(ctx); err == nil {
		err = closing
	}
	if err != nil {
		return "", err
	}
	read := fmt.Sprint(id.Coordinator, id.Version, rows.Len())
	if rows.Len() > 0 && rows.Width() > 0 {
		read += fmt.Sprint(rows.Value(0, 0))
	}
	return read, nil
}

// What is said over TLS, by Kerberos and under its protection is changed on its way.
func TestTampered_Peers(t *testing.T) {
	kdc := startKDC(t, simkdc.Config{})
	tk := ticket(t, byPassword(t, kdc))
	c := &coordinator{web: "http://a:25000", config: map[string]string{"http_addr": "a:25000"}}
	c.columns, c.schema = pid()
	kerberized := func(qop gss.QOP) func(*testing.T) (string, hs2client.Config) {
		return func(t *testing.T) (string, hs2client.Config) {
			server := newKerberized(t, kdc, c.framed)
			server.offers = qop
			return serve(t, server.serve), hs2client.Config{Kerberos: tk, QOP: map[gss.QOP]string{gss.QOPAuth: "auth", gss.QOPInt: "auth-int", gss.QOPConf: "auth-conf"}[qop]}
		}
	}
	simulated := func(config simcluster.Config) func(*testing.T) (string, hs2client.Config) {
		return func(t *testing.T) (string, hs2client.Config) {
			cl := cluster(t, config)
			to := into(cl, config)
			if config.HTTP {
				to.Addr, to.Protocol = cl.HTTPNodes()[0].String(), hs2client.ProtocolHS2HTTP
			}
			if config.Auth == simcluster.AuthKerberos {
				to.Kerberos = tk
			}
			return to.Addr, to
		}
	}
	for name, tc := range map[string]struct {
		server func(*testing.T) (string, hs2client.Config)
		sealed bool // what is read is what was said, or nothing
	}{
		"GSSAPI":            {kerberized(gss.QOPAuth), false},
		"GSSAPI, signed":    {kerberized(gss.QOPInt), true},
		"GSSAPI, encrypted": {kerberized(gss.QOPConf), true},
		"TLS":               {simulated(simcluster.Config{TLS: true}), true},
		"Negotiate":         {simulated(simcluster.Config{HTTP: true, Auth: simcluster.AuthKerberos, Keytab: kdc.Keytab(spn)}), false},
		"HTTPS":             {simulated(simcluster.Config{HTTP: true, TLS: true}), true},
	} {
		t.Run(name, func(t *testing.T) {
			backend, config := tc.server(t)
			memory := hs2client.NewMemory(16 << 20)
			want := ""
			peertest.EachChange(t, backend, 125, func(p *peertest.Tampered, c peertest.Change) bool {
				to := config
				to.Addr, to.Timeout, to.Memory = p.Addr, tamperedWait, memory
				if c.Name == "" {
					to.Timeout = soon
				}
				got, err := whoAnswered(t.Context(), to)
				checkTampered(t, p.Met(c), err)
				if c.Name == "" {
					want = got
				}
				if tc.sealed && err == nil && got != want {
					t.Errorf("%s: %s was read where %s was said", c, got, want)
				}
				return err == nil
			})
			checkInUse(t)
		})
	}
}

// What a KDC says is changed on its way: a ticket, or an error of a class.
func TestTampered_KDC(t *testing.T) {
	kdc := startKDC(t, simkdc.Config{})
	conf := kdc.Krb5Conf()
	at := strings.Index(conf, "127.")
	if at < 0 {
		t.Fatalf("no address in %s", conf)
	}
	backend, _, _ := strings.Cut(conf[at:], "\n")
	backend = strings.TrimSpace(backend)
	if _, _, err := net.SplitHostPort(backend); err != nil {
		t.Fatalf("no address in %s: %v", conf, err)
	}
	peertest.EachChange(t, backend, 125, func(p *peertest.Tampered, c peertest.Change) bool {
		login := hs2client.KerberosLogin{Conf: krb5(t, strings.ReplaceAll(conf, backend, p.Addr)), Principal: "alice", Password: password}
		wait := 10 * tamperedWait
		if c.Name == "" {
			wait = soon
		}
		ctx, cancel := context.WithTimeout(t.Context(), wait)
		defer cancel()
		_, err := login.Ticket(ctx, "impala", balancer)
		checkTampered(t, p.Met(c), err)
		return err == nil
	})
	checkInUse(t)
}

// checkInUse checks the memory in use after peers were tampered with.
func checkInUse(t *testing.T) {
	t.Helper()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	if m.HeapInuse > mostLive && !raceDetector {
		t.Errorf("%d MiB in use", m.HeapInuse>>20)
	}
}
