package lbcheck

import (
	"context"
	"errors"
	"fmt"
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
// are never read: it might lead anywhere. The password is masked in what they say.
func (o Options) Pages(s scenarios.Scenario) func(context.Context, []string) []scenarios.Page {
	p := &pageReader{
		port: s.Target.WebPort, server: impalaweb.ServerHiveServer2, mask: newSecretMask(nil, o.WebPassword, basic(s.Target.WebUser, o.WebPassword)),
		access: impalaweb.Access{
			TLS: s.Target.WebTLS, Roots: o.Roots,
			User: s.Target.WebUser, Password: o.WebPassword, AllowCleartext: s.Auth.AllowCleartext,
		},
	}
	if s.Target.Protocol == scenarios.ProtocolBeeswax {
		p.server = impalaweb.ServerBeeswax
	}
	return p.read
}

// pageReader reads pages as often as the run asks for them.
type pageReader struct {
	port     int
	server   impalaweb.Server
	access   impalaweb.Access
	mask     secretMask
	accepted atomic.Bool            // a server has taken the login
	rejected atomic.Pointer[string] // the first coordinator that did not
}

// read reads the pages of coordinators at once. With a login it tries the first one
// alone until a server has taken it, and sends a login that was rejected to no other:
// a directory behind it may lock the account.
func (p *pageReader) read(ctx context.Context, names []string) []scenarios.Page {
	out := make([]scenarios.Page, len(names))
	first := 0
	for p.access.User != "" && first < len(names) && !p.accepted.Load() {
		out[first] = p.readOne(ctx, names[first])
		first++
	}
	var all sync.WaitGroup
	var panicked atomic.Pointer[any]
	for i := first; i < len(names); i++ {
		all.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					panicked.Store(&r)
				}
			}()
			out[i] = p.readOne(ctx, names[i])
		})
	}
	all.Wait()
	if r := panicked.Load(); r != nil {
		panic(*r) // in the caller's goroutine, where it ends the run in order
	}
	return out
}

// readOne reads the pages of one coordinator.
func (p *pageReader) readOne(ctx context.Context, name string) scenarios.Page {
	if by := p.rejected.Load(); by != nil {
		return scenarios.Page{
			Coordinator: name, Needs: scenarios.PageNeedsLogin,
			Err: fmt.Sprintf("not read: %s rejected the login of the web pages, and it is sent only once", *by),
		}
	}
	view, err := impalaweb.Read(ctx, pageAddress(name, p.port), p.server, p.access)
	switch {
	case errors.Is(err, impalaweb.ErrLoginRejected):
		p.rejected.CompareAndSwap(nil, &name)
	case view.Version != "":
		p.accepted.Store(true)
	}
	return p.page(name, view, err)
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

// page is a view in the vocabulary's words.
func (p *pageReader) page(name string, v impalaweb.View, err error) scenarios.Page {
	page := scenarios.Page{
		Coordinator: name, Version: p.mask.Replace(v.Version), InUse: v.InUse, Total: v.Total, Sessions: v.Sessions, Executors: v.Executors,
		Healthy: v.Healthy, Quiescing: v.Quiescing != nil && *v.Quiescing,
	}
	if v.Threads != nil {
		page.Threads = *v.Threads
	}
	if v.Keepalive != nil {
		page.Keepalive = scenarios.SecondsOf(*v.Keepalive)
	}
	if v.IdleSession != nil {
		page.IdleSession = scenarios.SecondsOf(*v.IdleSession)
	}
	if err != nil {
		page.Err, page.Needs = p.mask.Replace(err.Error()), needOf(err)
	}
	return page
}

// needOf is what would let a page be read that was not.
func needOf(err error) scenarios.PageNeed {
	switch {
	case errors.Is(err, impalaweb.ErrSpeaksHTTPS):
		return scenarios.PageNeedsHTTPS
	case errors.Is(err, impalaweb.ErrSpeaksHTTP):
		return scenarios.PageNeedsHTTP
	case errors.Is(err, impalaweb.ErrLoginRequired), errors.Is(err, impalaweb.ErrLoginRejected):
		return scenarios.PageNeedsLogin
	}
	return ""
}
