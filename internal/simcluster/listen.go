package simcluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"

	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// loopbackIP is the loopback address that every system has.
var loopbackIP = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// listen opens the nodes' listeners. Each node has its own address; on a system
// that has only 127.0.0.1 the nodes share it and have different ports.
func (cl *Cluster) listen(ctx context.Context) error {
	addresses := nodeAddresses(ctx, cl.config.ListenIP, cl.config.Nodes)
	if cl.config.TLS {
		if err := cl.issueCertificates(addresses); err != nil {
			return err
		}
	}
	for proto := range protocolCount {
		if !cl.config.serves(proto) {
			continue
		}
		for i, ip := range addresses {
			n, err := cl.newListener(ctx, proto, i, ip, nextPort(cl.config.port(proto), cl.listeners[proto], ip))
			if err != nil {
				return err
			}
			cl.listeners[proto] = append(cl.listeners[proto], n)
		}
	}
	return nil
}

// serves reports whether the nodes have listeners for a protocol.
func (c Config) serves(p protocol) bool {
	return [protocolCount]bool{protocolHS2: true, protocolBeeswax: c.Beeswax, protocolHTTP: c.HTTP}[p]
}

// port returns the configured port of a protocol.
func (c Config) port(p protocol) uint16 {
	return [protocolCount]uint16{protocolHS2: c.HS2Port, protocolBeeswax: c.BeeswaxPort, protocolHTTP: c.HTTPPort}[p]
}

// nodeAddresses returns n consecutive addresses starting at first, or n times
// 127.0.0.1 if the system does not have those.
func nodeAddresses(ctx context.Context, first netip.Addr, n int) []netip.Addr {
	addresses := make([]netip.Addr, n)
	for i, ip := 0, first; i < n; i, ip = i+1, ip.Next() {
		addresses[i] = ip
	}
	for _, ip := range addresses {
		ln, err := listenOn(ctx, netip.AddrPortFrom(ip, 0))
		if err != nil {
			for i := range addresses {
				addresses[i] = loopbackIP
			}
			return addresses
		}
		ln.Close()
	}
	return addresses
}

// nextPort returns the port for the next listener: the configured one, or else
// that of the first listener, since all addresses of a host name have the same
// port. On a shared address ports count up from the configured one.
func nextPort(configured uint16, open []*nodeListener, ip netip.Addr) uint16 {
	switch {
	case len(open) == 0:
		return configured
	case open[0].addr().Addr() != ip:
		return open[0].addr().Port()
	case configured == 0:
		return 0
	}
	return configured + uint16(len(open))
}

// newListener opens node i's listener. If no port was configured and the given
// one is in use, it uses any free port.
func (cl *Cluster) newListener(ctx context.Context, proto protocol, i int, ip netip.Addr, port uint16) (*nodeListener, error) {
	ln, err := listenOn(ctx, netip.AddrPortFrom(ip, port))
	if err != nil && cl.config.port(proto) == 0 && port != 0 {
		ln, err = listenOn(ctx, netip.AddrPortFrom(ip, 0))
	}
	if err != nil {
		return nil, err
	}
	n := &nodeListener{cluster: cl, index: i, protocol: proto, listener: ln}
	if cl.config.TLS {
		n.tls = cl.tlsConfig(i)
	}
	return n, nil
}

// listenOn listens without keepalive and multipath TCP, which short loopback
// connections do not need.
func listenOn(ctx context.Context, at netip.AddrPort) (net.Listener, error) {
	config := net.ListenConfig{KeepAlive: -1}
	config.SetMultipathTCP(false)
	return config.Listen(ctx, "tcp4", at.String())
}

// issueCertificates creates the CA and one certificate of each kind in use. Nodes
// share certificates, which name the addresses of all nodes.
func (cl *Cluster) issueCertificates(addresses []netip.Addr) (err error) {
	var ips []net.IP
	for _, ip := range addresses {
		ips = append(ips, ip.AsSlice())
	}
	cl.certificates = make(map[certs.Kind]tls.Certificate)
	for _, node := range cl.plan.nodes {
		if _, ok := cl.certificates[node.kind]; ok {
			continue
		}
		if cl.certificates[node.kind], err = cl.authority.Leaf(node.kind, cl.config.Host, ips); err != nil {
			return err
		}
	}
	return nil
}

// tlsConfig returns the TLS configuration of node i's listeners.
func (cl *Cluster) tlsConfig(i int) *tls.Config {
	p := cl.plan.nodes[i]
	config := &tls.Config{Certificates: []tls.Certificate{cl.certificates[p.kind]}, MinVersion: tls.VersionTLS12, MaxVersion: p.maxTLS}
	if p.maxTLS != 0 && p.maxTLS < tls.VersionTLS12 {
		config.MinVersion = tls.VersionTLS10
	}
	if p.clientCert {
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, x509.NewCertPool()
		config.ClientCAs.AppendCertsFromPEM(cl.authority.RootPEM())
	}
	return config
}
