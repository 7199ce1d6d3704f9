package hs2client

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ChainCache remembers certificate chains that were good, so that each distinct
// one is followed to its root once. What it saves is the signatures of
// authorities; that the other side has the leaf's key is proved in every
// handshake, and what depends on the moment or on the connection (time, name,
// version, [TLSConfig.Accept]) is judged for every connection.
//
// A chain is known again by all its bytes, the name that was asked for and the
// pool of roots, which must not be changed meanwhile. One that is not good is
// never remembered, nor is one used beyond the time of any certificate above it.
// At most 64 are kept: the oldest makes room. The zero value is empty and ready;
// it is safe for concurrent use.
type ChainCache struct {
	greeting sync.Mutex    // guards hellos
	hellos   []*tls.Config // by name and curves, each shared by many connections

	adding sync.Mutex
	known  atomic.Pointer[[]*chain] // the slice is never changed, but replaced
}

// maxChains bounds a cache.
const maxChains = 64

// chain is one that was good.
type chain struct {
	sent  []*x509.Certificate // kept, they also save crypto/tls the parsing
	name  string
	roots *x509.CertPool
	facts facts
}

// is reports whether it is that very chain.
func (k *chain) is(sent []*x509.Certificate, name string, roots *x509.CertPool) bool {
	return k.roots == roots && k.name == name &&
		slices.EqualFunc(k.sent, sent, func(a, b *x509.Certificate) bool { return bytes.Equal(a.Raw, b.Raw) })
}

// look is the facts of a chain: those that are known, or else fresh ones. A nil
// cache knows none.
func (c *ChainCache) look(sent []*x509.Certificate, name string, roots *x509.CertPool, now time.Time) facts {
	if c == nil {
		return factsOf(sent, roots, now)
	}
	if k := c.find(sent, name, roots); k != nil && k.facts.trust.good.has(now) {
		return k.facts
	}
	// Others wait here for the first one that shows the same chain.
	c.adding.Lock()
	defer c.adding.Unlock()
	k := c.find(sent, name, roots)
	if k != nil && k.facts.trust.good.has(now) {
		return k.facts
	}
	fresh := &chain{sent, name, roots, factsOf(sent, roots, now)}
	if fresh.facts.trust.good.has(now) {
		c.put(k, fresh)
	}
	return fresh.facts
}

func (c *ChainCache) find(sent []*x509.Certificate, name string, roots *x509.CertPool) *chain {
	known := c.known.Load()
	if known == nil {
		return nil
	}
	for _, k := range *known {
		if k.is(sent, name, roots) {
			return k
		}
	}
	return nil
}

// put adds a chain in place of an earlier judgement of it; nil: there is none.
func (c *ChainCache) put(stale, fresh *chain) {
	var next []*chain
	if known := c.known.Load(); known != nil {
		next = slices.DeleteFunc(slices.Clone(*known), func(k *chain) bool { return k == stale })
	}
	next = append(next, fresh)
	if len(next) > maxChains {
		next = next[1:]
	}
	c.known.Store(&next)
}
