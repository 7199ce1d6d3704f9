package hs2client_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/beeswax"
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

func TestOpen_SkipsUnknownFields(t *testing.T) {
	unknown := strings.Join([]string{
		"\x02\x00\x63\x01",                                     // bool
		"\x03\x00\x63\x01",                                     // byte
		"\x06\x00\x63\x00\x01",                                 // i16
		"\x08\x00\x63\x00\x00\x00\x01",                         // i32
		"\x0a\x00\x6312345678",                                 // i64
		"\x04\x00\x6312345678",                                 // double
		"\x10\x00\x631234567812345678",                         // uuid
		"\x0b\x00\x63\x00\x00\x00\x03abc",                      // string
		"\x0e\x00\x63\x02\x00\x00\x00\x02\x01\x00",             // set of bool
		"\x0f\x00\x63\x0c\x00\x00\x00\x01\x02\x00\x01\x01\x00", // list of struct
		"\x0d\x00\x63\x0b\x0f\x00\x00\x00\x01\x00\x00\x00\x01k\x03\x00\x00\x00\x01\x07", // map of string to list of byte
		"\x0d\x00\x04\x08\x0b\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x01v",         // a configuration with other keys
	}, "")
	status := "\x0c\x00\x01\x08\x00\x01\x00\x00\x00\x00" + unknown + "\x00"
	session := "\x0c\x00\x03\x0c\x00\x01\x0b\x00\x01\x00\x00\x00\x01g\x0b\x00\x02\x00\x00\x00\x01s\x00\x00"
	body := unknown + "\x0c\x00\x00" + status + "\x08\x00\x02\x00\x00\x00\x05" + session + unknown + "\x00" + "\x00"
	s, err := hs2client.Open(t.Context(), hs2client.Config{
		Addr: serve(t, says(string(message(thrift.REPLY, "OpenSession", 1, body)))), Timeout: soon, NoPing: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	wantClass(t, s.Close(t.Context()), "close.eof")
}

func TestQuery_LongValuesCrossBuffersAndFrames(t *testing.T) {
	long, raw := strings.Repeat("long ", 50_000), bytes.Repeat([]byte("raw"), 70_000)
	c := &coordinator{columns: []*hs2.TColumn{
		{StringVal: &hs2.TStringColumn{Values: []string{long}}}, {BinaryVal: &hs2.TBinaryColumn{Values: [][]byte{raw}}},
	}}
	for name, config := range map[string]hs2client.Config{
		"plain": {Addr: serve(t, c.plain)},
		"SASL":  {Addr: serve(t, c.login("ann", "pw")), Plain: &hs2client.Plain{User: "ann", Password: "pw"}},
	} {
		config.Timeout = soon
		s, err := hs2client.Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := s.Query(t.Context(), "SELECT '"+long+"'") // a request longer than a block, too
		if err != nil {
			t.Fatal(err)
		}
		if rows.Value(0, 0) != any(long) || !bytes.Equal(rows.Value(0, 1).([]byte), raw) {
			t.Errorf("%s: the values are not what was sent", name)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

func TestQuery_BoundsResult(t *testing.T) {
	if testing.Short() {
		t.Skip("moves 75 MiB")
	}
	big := &hs2.TFetchResultsResp{Status: success, HasMoreRows: new(true), Results: &hs2.TRowSet{
		Rows: []*hs2.TRow{}, Columns: []*hs2.TColumn{{StringVal: &hs2.TStringColumn{Values: []string{strings.Repeat("x", 15<<20)}}}},
	}}
	c := &coordinator{columns: big.Results.Columns, pages: []*hs2.TFetchResultsResp{big, big, big, big, big}}
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: serve(t, c.plain), Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Query(t.Context(), "SELECT 1")
	wantClass(t, err, "fetch.oversize")
	if err := s.Close(t.Context()); err != nil { // nothing is left unread
		t.Error(err)
	}
}

func TestSession_OtherHS2Answers(t *testing.T) {
	v5 := hs2.TProtocolVersion_V5
	for name, tc := range map[string]struct {
		c     *coordinator
		class string
	}{
		"an older protocol":    {&coordinator{version: &v5}, "open.version"},
		"an error in silence":  {&coordinator{open: &hs2.TStatus{StatusCode: hs2.TStatusCode_ERROR}}, "open.error"},
		"a query that is gone": {&coordinator{states: []hs2.TOperationState{hs2.TOperationState_CLOSED}}, "execute.error"},
		"no more permission":   {&coordinator{execute: failed("AuthorizationException: User 'ann' does not have privileges")}, "execute.unauthorized"},
	} {
		t.Run(name, func(t *testing.T) {
			wantClass(t, wholeSession(t.Context(), hs2client.Config{Addr: serve(t, tc.c.plain), Timeout: soon}), tc.class)
		})
	}
}

func TestBeeswax_CancelsInterruptedQuery(t *testing.T) {
	h := &hive{states: slices.Repeat([]beeswax.QueryState{beeswax.QueryState_RUNNING}, 1000)}
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: serve(t, h.serve), Protocol: hs2client.ProtocolBeeswax, Timeout: soon})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err = s.Query(ctx, "SELECT 1")
	wantClass(t, err, "execute.timeout")
	if err := s.Close(t.Context()); err != nil {
		t.Error(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.calls); !slices.Equal(h.calls[n-2:], []string{"Cancel", "close"}) {
		t.Errorf("calls %v", h.calls)
	}
}

// chain is a leaf for host below an intermediate that ended yesterday, and a
// root.
func chain(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	now := time.Now()
	sign := func(name string, ca bool, until time.Time, parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-100 * time.Hour), NotAfter: until,
			IsCA: ca, BasicConstraintsValid: true, DNSNames: []string{name},
		}
		if parent == nil {
			parent, by = template, key
		}
		der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, by)
		if err != nil {
			t.Fatal(err)
		}
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return cert, key
	}
	root, rootKey := sign("root", true, now.Add(100*time.Hour), nil, nil)
	middle, middleKey := sign("middle", true, now.Add(-24*time.Hour), root, rootKey)
	leaf, leafKey := sign(host, false, now.Add(100*time.Hour), middle, middleKey)
	roots := x509.NewCertPool()
	roots.AddCert(root)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw, middle.Raw}, PrivateKey: leafKey}, roots
}

func TestHandshake_ExpiredIntermediate(t *testing.T) {
	cert, roots := chain(t)
	var rec hs2client.Record
	addr := serve(t, secured(&tls.Config{Certificates: []tls.Certificate{cert}}, func(c net.Conn) { silent(c) }))
	err := hs2client.Handshake(t.Context(), hs2client.Config{
		Addr: addr, Timeout: soon, Record: &rec, TLS: &hs2client.TLSConfig{Roots: roots, ServerName: host},
	})
	wantClass(t, err, "tls.expired")
	if !rec.Refused || rec.Peer.Chain != hs2client.ChainOK {
		t.Errorf("record %+v", rec)
	}
}
