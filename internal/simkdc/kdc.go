package simkdc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// Config says what a KDC is like. The zero value of every field but Realm is a default.
type Config struct {
	Realm    string           // EXAMPLE.COM
	Now      func() time.Time // its clock; nil: time.Now
	ListenIP netip.Addr       // a loopback address; the zero Addr: 127.0.0.1

	Life       time.Duration // the longest that a ticket is valid; 0: 10 hours
	ETypes     []int32       // of keys and tickets, the best first; nil: AES, SHA-1 before SHA-2
	NoPreauth  bool          // give tickets without proof of the password, which the reply still needs
	MaxUDP     int           // longer replies are told to be fetched over TCP; 0: 1465 bytes
	IgnoresUDP bool          // do not answer over UDP, as behind a firewall that drops it
}

// KDC is a running one. Its methods may be called by several goroutines at once.
type KDC struct {
	config Config
	port   uint16

	mu         sync.RWMutex
	principals map[string]*principal

	tcp   *net.TCPListener
	udp   *net.UDPConn
	open  map[net.Conn]bool // under mu; nil: closed
	tasks sync.WaitGroup
}

// Start starts a KDC. Close it.
func Start(c Config) (*KDC, error) {
	if c.Realm == "" {
		return nil, errors.New("simkdc: no realm")
	}
	if !c.ListenIP.IsValid() {
		c.ListenIP = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	if !c.ListenIP.IsLoopback() {
		return nil, fmt.Errorf("simkdc: %s is no loopback address", c.ListenIP)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Life == 0 {
		c.Life = 10 * time.Hour
	}
	if c.ETypes == nil {
		c.ETypes = gss.ETypes()
	}
	if c.MaxUDP == 0 {
		c.MaxUDP = 1465
	}
	k := &KDC{config: c, principals: map[string]*principal{}, open: map[net.Conn]bool{}}
	if err := k.AddService(krbmsg.GrantingService(c.Realm).PrincipalNameString()); err != nil {
		return nil, err
	}
	if err := k.listen(); err != nil {
		return nil, err
	}
	k.tasks.Go(k.serveTCP)
	k.tasks.Go(k.serveUDP)
	return k, nil
}

// listen opens one port for both protocols.
func (k *KDC) listen() error {
	const tries = 20 // the port that TCP is given may be in use for UDP
	for range tries {
		var l net.ListenConfig
		tcp, err := l.Listen(context.Background(), "tcp", netip.AddrPortFrom(k.config.ListenIP, 0).String())
		if err != nil {
			return fmt.Errorf("simkdc: %w", err)
		}
		at := tcp.Addr().(*net.TCPAddr).AddrPort()
		udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
		if err == nil {
			k.tcp, k.udp, k.port = tcp.(*net.TCPListener), udp, at.Port()
			return nil
		}
		_ = tcp.Close()
	}
	return errors.New("simkdc: no port is free for both TCP and UDP")
}

// Addr is where it listens.
func (k *KDC) Addr() netip.AddrPort { return netip.AddrPortFrom(k.config.ListenIP, k.port) }

// Krb5Conf is a krb5.conf that leads clients of MIT, Java and ours to it.
func (k *KDC) Krb5Conf() string {
	return fmt.Sprintf(`[libdefaults]
  default_realm = %[1]s
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false

[realms]
  %[1]s = {
    kdc = %[2]s
  }
`, k.config.Realm, k.Addr())
}

// Close stops it and waits until all its connections are closed.
func (k *KDC) Close() error {
	k.mu.Lock()
	err := errors.Join(k.tcp.Close(), k.udp.Close())
	for c := range k.open {
		_ = c.Close()
	}
	k.open = nil
	k.mu.Unlock()
	k.tasks.Wait()
	return err
}
