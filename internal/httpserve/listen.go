package httpserve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
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
	return config.Listen(ctx, "tcp", address)
}
