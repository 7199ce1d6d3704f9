package hs2client

import (
	"bytes"
	"crypto/x509"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// ChainCache remembers certificate chains that were good, so that each distinct
// one is verified up to its root once. It saves the signatures of authorities;
// every handshake still proves that the other side has the leaf's key, and what
// depends on the time or on the connection (validity, name, version,
// [TLSConfig.Accept]) is checked for every connection.
//
// A chain is the same if all its bytes are, the name that was asked for, and the
// pool of roots, which must not be changed meanwhile. One that is not good is
// never remembered, and none is used outside the validity of any certificate above
// the leaf. At most 64 are kept; the oldest is dropped first. The zero value is
// empty and ready; it is safe for concurrent use.
type ChainCache struct {
	configsMu sync.Mutex     // guards configs
	configs   []sharedConfig // by name, curves and the client's certificate, each for many connections

	adding sync.Mutex
	known  atomic.Pointer[[]*goodChain] // the slice is replaced, never changed
}

// maxChains bounds a cache.
const maxChains = 64

// goodChain is one that was verified.
type goodChain struct {
	sent  []*x509.Certificate // keeping them also saves crypto/tls the parsing
	name  string
	roots *x509.CertPool
	facts chainFacts
}

// is reports whether it is that very chain.
func (k *goodChain) is(sent []*x509.Certificate, name string, roots *x509.CertPool) bool {
	return k.roots == roots && k.name == name &&
		slices.EqualFunc(k.sent, sent, func(a, b *x509.Certificate) bool { return bytes.Equal(a.Raw, b.Raw) })
}

// facts are those of a chain, known or newly verified. A nil cache knows none.
func (c *ChainCache) facts(sent []*x509.Certificate, name string, roots *x509.CertPool, now time.Time) chainFacts {
	if c == nil {
		return newChainFacts(sent, roots, now)
	}
	if k := c.find(sent, name, roots); k != nil && k.facts.validity.contains(now) {
		return k.facts
	}
	// Others wait here for the first one that shows the same chain.
	c.adding.Lock()
	defer c.adding.Unlock()
	k := c.find(sent, name, roots)
	if k != nil && k.facts.validity.contains(now) {
		return k.facts
	}
	fresh := &goodChain{sent, name, roots, newChainFacts(sent, roots, now)}
	if fresh.facts.validity.contains(now) {
		c.put(k, fresh)
	}
	return fresh.facts
}

func (c *ChainCache) find(sent []*x509.Certificate, name string, roots *x509.CertPool) *goodChain {
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

// put adds a chain in place of a stale one; nil: there is none.
func (c *ChainCache) put(stale, fresh *goodChain) {
	var next []*goodChain
	if known := c.known.Load(); known != nil {
		next = slices.DeleteFunc(slices.Clone(*known), func(k *goodChain) bool { return k == stale })
	}
	next = append(next, fresh)
	if len(next) > maxChains {
		next = next[1:]
	}
	c.known.Store(&next)
}
