package simcluster

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// webServer serves one coordinator's pages on an address of its own.
type webServer struct {
	listener    net.Listener
	coordinator *coordinator // set before it serves
	server      *http.Server // likewise
}

func (w *webServer) addr() netip.AddrPort { return w.listener.Addr().(*net.TCPAddr).AddrPort() }

// Accept drops connections while the process is not there: nobody would answer.
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

// pageAttempts is how often a free port for all pages is looked for: the first
// address offers one, and another address may have it taken.
const pageAttempts = 10

// listenPages opens the pages' listeners, one address a coordinator and one
// port for all.
func (cl *Cluster) listenPages(ctx context.Context) (err error) {
	for range pageAttempts {
		if err = cl.listenPagesAt(ctx, cl.config.WebPort); err == nil || cl.config.WebPort != 0 {
			return err
		}
	}
	return err
}

// listenPagesAt opens them at a port, 0 being any; it leaves none open where one
// fails.
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

// pageAddress is that of coordinator number n, from 1.
func pageAddress(n int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 0, byte(1 + n>>8), byte(n)})
}

// How long a reader of pages may take, and what it may send.
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
			switch s { // Close waits for connections as it does for others
			case http.StateNew:
				cl.goroutines.Add(1)
			case http.StateClosed:
				cl.goroutines.Done()
			}
		},
	}
	cl.goroutines.Go(func() {
		if err := w.server.Serve(w); !errors.Is(err, http.ErrServerClosed) {
			cl.config.Log.Error("pages ended", "coordinator", c.name, "err", err)
		}
	})
}

// stop ends the listener and what is open.
func (w *webServer) stop() {
	if w.server != nil {
		w.server.Close()
	}
	w.listener.Close()
}
