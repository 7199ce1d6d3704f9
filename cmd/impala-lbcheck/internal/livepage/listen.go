package livepage

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// addressOf reads an address to listen on: a loopback one, or localhost, and a port.
func addressOf(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", errors.New("it must be an address and a port, such as 127.0.0.1:0")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", fmt.Errorf("%q is no port from 0 to 65535", port)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return "", errors.New("the page is for this machine alone: it must be a loopback address, such as 127.0.0.1:0")
	}
	return net.JoinHostPort(host, port), nil
}
