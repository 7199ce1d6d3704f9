package exporter

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/connlimit"
)

// ErrPublic is that an address can be reached from other machines.
var ErrPublic = errors.New("other machines can reach this address")

// Listen listens on an address, host:port. Unless public is set, it fails with
// [ErrPublic] where that is not on loopback.
func Listen(ctx context.Context, address string, public bool) (net.Listener, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w; write HOST:PORT, such as 127.0.0.1:9841", err)
	}
	ip, err := netip.ParseAddr(host)
	if loopback := host == "localhost" || err == nil && ip.Unmap().IsLoopback(); !loopback && !public {
		return nil, ErrPublic
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return connlimit.Listener(l, maxConnections), nil
}

// The bounds of a server.
const (
	maxConnections = 64
	maxHeader      = 16 << 10
	headTime       = 5 * time.Second
	answerTime     = 30 * time.Second
	idleTime       = 2 * time.Minute
	endTime        = 2 * time.Second // for answers that are being written when it ends
)

// Serve answers requests until ctx ends, and returns when none is being answered.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: headTime, ReadTimeout: headTime, WriteTimeout: answerTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader,
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if s.Shutdown(late) != nil {
		s.Close()
	}
	<-ended
	return nil
}
