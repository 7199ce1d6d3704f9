package simcluster

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// webServer serves one coordinator's pages on its own address.
type webServer struct {
	listener    net.Listener
	tls         *tls.Config  // nil: plain HTTP
	coordinator *coordinator // set by servePages
	server      *http.Server // set by servePages
}

func (w *webServer) addr() netip.AddrPort { return w.listener.Addr().(*net.TCPAddr).AddrPort() }

// Accept closes connections while the coordinator's process is not running.
func (w *webServer) Accept() (net.Conn, error) {
	for {
		conn, err := w.listener.Accept()
		if err != nil || w.coordinator.alive() {
			return conn, err
		}
		conn.Close()
	}
}

// Close and Addr make it a net.Listener.
func (w *webServer) Close() error   { return w.listener.Close() }
func (w *webServer) Addr() net.Addr { return w.listener.Addr() }

// pageAttempts limits the search for a port that is free on all page addresses: a
// port that is free on the first address may be in use on another.
const pageAttempts = 10

// listenPages opens the pages' listeners: one address per coordinator and the
// same port on all of them.
func (cl *Cluster) listenPages(ctx context.Context) (err error) {
	for range pageAttempts {
		if err = cl.listenPagesAt(ctx, cl.config.WebPort); err == nil || cl.config.WebPort != 0 {
			break
		}
	}
	for _, w := range cl.pages {
		if err == nil {
			w.tls, err = cl.webTLSConfig(w.addr().Addr())
		}
	}
	return err
}

// listenPagesAt opens the pages' listeners on a port; 0: any free port. If one
// fails, it closes the others.
func (cl *Cluster) listenPagesAt(ctx context.Context, port uint16) error {
	for i := range cl.config.Coordinators {
		ln, err := listenOn(ctx, netip.AddrPortFrom(pageAddress(cl.config.First+i), port))
		if err != nil {
			for _, w := range cl.pages {
				w.Close()
			}
			cl.pages = nil
			return err
		}
		cl.pages = append(cl.pages, &webServer{listener: ln})
		port = cl.pages[0].addr().Port()
	}
	return nil
}

// webTLSConfig returns the TLS configuration of the pages on an address; nil without
// Config.WebTLS.
func (cl *Cluster) webTLSConfig(at netip.Addr) (*tls.Config, error) {
	if !cl.config.WebTLS {
		return nil, nil
	}
	certificate, err := cl.authority.Leaf(certs.KindGood, at.String(), []net.IP{at.AsSlice()})
	return &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}, err
}

// pageAddress returns the address of the pages of coordinator number n, from 1.
func pageAddress(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 0, byte(1 + n>>8), byte(n)})
}

// Limits for HTTP clients.
const (
	pageTimeout    = 10 * time.Second
	maxPageRequest = 16 << 10
)

// servePages serves a coordinator's pages until the cluster is closed.
func (cl *Cluster) servePages(w *webServer, c *coordinator) {
	w.coordinator = c
	w.server = &http.Server{
		Handler:     pages{cl, c}.handler(),
		ReadTimeout: pageTimeout, WriteTimeout: pageTimeout, IdleTimeout: pageTimeout, MaxHeaderBytes: maxPageRequest,
		ErrorLog: slog.NewLogLogger(cl.config.Log.Handler(), slog.LevelDebug),
		ConnState: func(_ net.Conn, s http.ConnState) {
			switch s { // Close waits for these connections too
			case http.StateNew:
				cl.goroutines.Add(1)
			case http.StateClosed:
				cl.goroutines.Done()
			}
		},
	}
	listener := net.Listener(w)
	if w.tls != nil {
		listener = tls.NewListener(w, w.tls)
	}
	cl.goroutines.Go(func() {
		if err := w.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			cl.config.Log.Error("web server failed", "coordinator", c.name, "err", err)
		}
	})
}

// stop closes the listener and every connection.
func (w *webServer) stop() {
	if w.server != nil {
		w.server.Close()
	}
	w.listener.Close()
}
