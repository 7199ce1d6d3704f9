package lbcheck

import (
	"context"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/impalaweb"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Pages returns what reads the pages of the coordinators that the scenario declares,
// on its target.web_port, as [run.Options.Pages]. Those of a name that a server gave
// are never read: it might lead anywhere.
func Pages(s scenarios.Scenario) func(context.Context, []string) []scenarios.Page {
	server := impalaweb.ServerHiveServer2
	if s.Target.Protocol == scenarios.ProtocolBeeswax {
		server = impalaweb.ServerBeeswax
	}
	return func(ctx context.Context, names []string) []scenarios.Page {
		out := make([]scenarios.Page, len(names))
		var all sync.WaitGroup
		var panicked atomic.Pointer[any]
		for i, name := range names {
			all.Go(func() {
				defer func() {
					if p := recover(); p != nil {
						panicked.Store(&p)
					}
				}()
				view, err := impalaweb.Read(ctx, pageAddress(name, s.Target.WebPort), server)
				out[i] = pageOf(name, view, err)
			})
		}
		all.Wait()
		if p := panicked.Load(); p != nil {
			panic(*p) // in the caller's goroutine, where it ends the run in order
		}
		return out
	}
}

// pageAddress is where a declared coordinator's pages are: its host, whatever
// scheme and port it was declared with, and target.web_port.
func pageAddress(name string, port int) string {
	host := hs2client.NormalizeCoordinator(name)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(port))
}

// pageOf is a view in the vocabulary's words.
func pageOf(name string, v impalaweb.View, err error) scenarios.Page {
	p := scenarios.Page{
		Coordinator: name, Version: v.Version, InUse: v.InUse, Total: v.Total, Sessions: v.Sessions, Executors: v.Executors,
		Healthy: v.Healthy != nil && *v.Healthy, Quiescing: v.Quiescing != nil && *v.Quiescing,
	}
	if v.Threads != nil {
		p.Threads = *v.Threads
	}
	if v.Keepalive != nil {
		p.Keepalive = scenarios.SecondsOf(*v.Keepalive)
	}
	if v.IdleSession != nil {
		p.IdleSession = scenarios.SecondsOf(*v.IdleSession)
	}
	if err != nil {
		p.Err = err.Error()
	}
	return p
}
