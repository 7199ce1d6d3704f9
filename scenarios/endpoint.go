package scenarios

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// SplitEndpoint returns the host and port of an endpoint: "host", "host:port",
// an IPv4 address with or without port, or "[IPv6]" with or without port; port
// is the default. The host is returned without brackets and otherwise as written.
func SplitEndpoint(endpoint string, port uint16) (string, uint16, error) {
	switch {
	case endpoint == "":
		return "", 0, errors.New("an endpoint is empty; write host or host:port")
	case strings.Contains(endpoint, "@"):
		return "", 0, fmt.Errorf("%s: write only host:port; user and password are separate settings", quoteAddress(endpoint))
	case strings.Contains(endpoint, "://"):
		return "", 0, fmt.Errorf("%s: write host:port, without a scheme", quoteAddress(endpoint))
	case strings.ContainsAny(endpoint, "/ ,"):
		return "", 0, fmt.Errorf("%s: write only host:port", quoteAddress(endpoint))
	}
	host, bracketed, err := splitPort(endpoint, &port)
	if err != nil {
		return "", 0, err
	}
	addr, err := netip.ParseAddr(host)
	switch {
	case err == nil && addr.Is6() && bracketed, err == nil && addr.Is4() && !bracketed:
		return host, port, nil
	case err == nil && addr.Is6(), !bracketed && strings.Contains(host, "::"):
		return "", 0, fmt.Errorf("%s: write an IPv6 address in brackets, such as [2001:db8::1]:21050", quoteAddress(endpoint))
	case bracketed:
		return "", 0, fmt.Errorf("%s: only an IPv6 address has brackets", quoteAddress(endpoint))
	case !hostName(host):
		return "", 0, fmt.Errorf("invalid host name or address %s", usertext.Quote(host))
	}
	return host, port, nil
}

// splitPort splits off a port and sets port to it.
func splitPort(endpoint string, port *uint16) (host string, bracketed bool, err error) {
	if inner, ok := strings.CutPrefix(endpoint, "["); ok {
		if host, ok := strings.CutSuffix(inner, "]"); ok {
			return host, true, nil
		}
		bracketed = true
	} else if strings.Count(endpoint, ":") != 1 {
		return endpoint, false, nil // none, or IPv6 without brackets
	}
	host, number, err := net.SplitHostPort(endpoint)
	if err != nil {
		return "", false, fmt.Errorf("%s: write host:port", quoteAddress(endpoint))
	}
	n, err := strconv.ParseUint(number, 10, 16)
	if err != nil || n == 0 {
		return "", false, fmt.Errorf("%s: a port is a number from 1 to 65535", quoteAddress(endpoint))
	}
	*port = uint16(n)
	return host, bracketed, nil
}

// quoteAddress quotes an address without the parts that may be a password: all
// before an @, all after a ; or a ?, and a port that is not a number.
func quoteAddress(s string) string {
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		s = "..." + s[i:]
	}
	if i := strings.IndexAny(s, ";?"); i >= 0 {
		s = s[:i] + "..."
	}
	if host, port, ok := strings.Cut(s, ":"); ok && strings.Trim(port, "0123456789:[]") != "" && !strings.HasPrefix(port, "//") && strings.Count(s, ":") == 1 {
		s = host + ":..."
	}
	return usertext.Quote(s)
}

// hostName reports whether a resolver could be asked for host: dot-separated
// labels of letters, digits, '-' and '_' (RFC 1123, and what /etc/hosts may have).
func hostName(host string) bool {
	host = strings.TrimSuffix(host, ".")
	if len(host) > 253 {
		return false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' {
			return false
		}
		for _, r := range label {
			letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
			if !letter && r != '-' && r != '_' {
				return false
			}
		}
	}
	return true
}

// Node is one address to dial: a load balancer's name leads to several.
type Node struct {
	Addr netip.AddrPort
	Host string // as the user wrote it, for SNI and messages
}
