package hs2client_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// simulated starts a cluster to show things on, with a login and TLS.
func simulated(faults ...simcluster.Fault) *simcluster.Cluster {
	cl, err := simcluster.Start(simcluster.Config{
		Coordinators: 1, Nodes: 1, TLS: true, Faults: faults,
		Auth: simcluster.AuthLDAP, Users: map[string]string{"svc-ci": "a secret"},
	})
	if err != nil {
		panic(err)
	}
	return cl
}

func trusted(cl *simcluster.Cluster) *hs2client.TLSConfig {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cl.CA())
	return &hs2client.TLSConfig{Roots: roots, ServerName: "impala.example.com"}
}

func ExampleOpen() {
	cl := simulated()
	defer func() { _ = cl.Close() }()

	var rec hs2client.Record
	ctx := context.Background()
	s, err := hs2client.Open(ctx, hs2client.Config{
		Addr:    cl.Nodes()[0].String(),
		TLS:     trusted(cl),
		Plain:   &hs2client.Plain{User: "svc-ci", Password: "a secret"},
		Options: map[string]string{"CLIENT_IDENTIFIER": "example"},
		Timeout: 10 * time.Second,
		Record:  &rec,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	rows, err := s.Query(ctx, "SELECT coordinator()")
	if err != nil {
		fmt.Println(err)
		return
	}
	host, _ := rows.String(0, 0)
	fmt.Println("answered by", s.Identity().Coordinator, "as", s.Identity().Source, "says")
	fmt.Println("coordinator() is", host)
	fmt.Println("certificate from", rec.Peer.Issuer, "over", rec.Peer.Version)
	fmt.Println("closed:", s.Close(ctx))
	// Output:
	// answered by coord-a1:25000 as ping says
	// coordinator() is coord-a1
	// certificate from CN=Simulated Server CA,O=Amazon,C=US over TLS1.3
	// closed: <nil>
}

func ExampleHandshake() {
	cl := simulated(simcluster.Fault{Name: "expired"})
	defer func() { _ = cl.Close() }()

	var rec hs2client.Record
	err := hs2client.Handshake(context.Background(), hs2client.Config{
		Addr: cl.Nodes()[0].String(), TLS: trusted(cl), Timeout: 10 * time.Second, Record: &rec,
	})
	failure, _ := errors.AsType[*hs2client.Error](err)
	fmt.Println(failure.Class())
	fmt.Println(failure.Hint()[0].Why)
	fmt.Println("refused by us:", rec.Refused, "- chain:", rec.Peer.Chain)
	// Output:
	// tls.expired
	// renew what has expired on the listener, the certificate or an intermediate one, and check this machine's clock
	// refused by us: true - chain: ok
}

func ExampleNormalizeCoordinator() {
	fmt.Println(hs2client.NormalizeCoordinator("https://Coord-A1.example.com.:25000")) // Ping
	fmt.Println(hs2client.NormalizeCoordinator("coord-a1.example.com:25000"))          // http_addr
	// Output:
	// coord-a1.example.com:25000
	// coord-a1.example.com:25000
}
