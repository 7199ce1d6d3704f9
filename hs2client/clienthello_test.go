package hs2client

import (
	"crypto/tls"
	"testing"
)

func TestClientHelloConfig_SharedPerCacheAndName(t *testing.T) {
	t.Parallel()
	cache := &ChainCache{}
	shared := TLSConfig{Chains: cache, Curves: []tls.CurveID{tls.X25519}}
	first := shared.clientHelloConfig("a.example.com")
	if first != shared.clientHelloConfig("a.example.com") {
		t.Error("two connections to one name have a configuration each")
	}
	other := TLSConfig{Chains: cache}
	if first == shared.clientHelloConfig("b.example.com") || first == other.clientHelloConfig("a.example.com") {
		t.Error("another name, or other curves, share a configuration")
	}
	var alone TLSConfig
	if own := alone.clientHelloConfig("a.example.com"); own == alone.clientHelloConfig("a.example.com") {
		t.Error("without a cache something is shared")
	}
}
