package judge

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// pagesJudge asks whether the coordinators' own pages agree with what we saw.
func pagesJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	if len(e.Pages) == 0 {
		return nil, scenarios.NextLook{}
	}
	return []scenarios.Finding{agree(viewsOf(e))}, scenarios.NextLook{}
}

// keepaliveJudge asks whether the coordinators' keepalive helps, where idle
// connections were cut.
func keepaliveJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	if len(e.Pages) == 0 || e.Idle == nil {
		return nil, scenarios.NextLook{}
	}
	return []scenarios.Finding{keepalive(e, viewsOf(e))}, scenarios.NextLook{}
}

// view is what one coordinator's pages said in the course of a run.
type view struct {
	name  string
	ours  int // sessions that we tallied there, the scout's aside
	pages []scenarios.Page
}

// viewsOf gathers the pages by coordinator, in the order of their first page,
// and adds our tallies to them.
func viewsOf(e scenarios.Measured) []view {
	var out []view
	var names []string
	for _, p := range e.Pages {
		i := slices.Index(names, p.Coordinator)
		if i < 0 {
			i = len(out)
			names, out = append(names, p.Coordinator), append(out, view{name: p.Coordinator})
		}
		out[i].pages = append(out[i].pages, p)
	}
	all := e.Pooled()
	by := all.ByCoordinator()
	for seen, i := range batch.MatchNames(names, all.Coordinators()) {
		out[i].ours += by[seen]
	}
	return out
}

// total is how many connections the coordinator had counted at a time; nil where
// no page says.
func (v view) total(when scenarios.PageTime) *int {
	for _, p := range v.pages {
		if p.When == when && p.Total != nil {
			return p.Total
		}
	}
	return nil
}

// agree asks whether each coordinator counted at least the sessions that we had
// there: health checks and other clients may add to them, nothing takes away.
func agree(views []view) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.PagesAgree, Note: remarksOf(views)}
	var less, restarted, counted, silent []string
	for _, v := range views {
		before, after := v.total(scenarios.PageBefore), v.total(scenarios.PageAfter)
		switch {
		case before == nil || after == nil:
			silent = append(silent, v.name)
		case *after < *before:
			restarted = append(restarted, v.name)
		case *after-*before < v.ours:
			less = append(less, fmt.Sprintf("%s counted %d, we opened %d", v.name, *after-*before, v.ours))
		default:
			counted = append(counted, v.name)
		}
	}
	if len(restarted) > 0 {
		f.Note = phrase.Join("Restarted during the run, so their counts are not compared: "+phrase.List(restarted), f.Note)
	}
	if len(silent) > 0 && len(silent) < len(views) {
		f.Note = phrase.Join("Without a count of connections before and after: "+phrase.List(silent), f.Note)
	}
	switch {
	case len(less) > 0:
		f.Message = "the coordinators counted fewer connections than we opened: " + phrase.List(less) + "; the pages belong to another cluster, or something else answers under these names"
		f.Fix = slices.Concat(phrase.Set("target.web_port", "", "check the port of the web pages and the expected coordinators' names"), phrase.Try("look for a proxy between this machine and the coordinators"))
	case len(counted) > 0:
		f.Status = scenarios.StatusPass
		f.Message = fmt.Sprintf("%s of %d counted at least the connections that we opened", phrase.Count(len(counted), "coordinator"), len(views))
	case len(restarted) > 0:
		f.Status, f.Message = scenarios.StatusSkipped, "every coordinator whose pages were read restarted during the run"
	default:
		f.Message = "no coordinator's pages report connection counts before and after" + firstError(views)
		f.Fix = unreadFix(views)
	}
	return f
}

// unreadFix is what to try where pages could not be read: what their servers ask for.
func unreadFix(views []view) scenarios.Fixes {
	var fix scenarios.Fixes
	needs := map[scenarios.PageNeed]bool{}
	for _, v := range views {
		for _, p := range v.pages {
			needs[p.Needs] = true
		}
	}
	if needs[scenarios.PageNeedsHTTPS] {
		fix = append(fix, phrase.Set("target.web_tls", "true", "the web pages are served over HTTPS")...)
	}
	if needs[scenarios.PageNeedsHTTP] {
		fix = append(fix, phrase.Set("target.web_tls", "false", "the web pages are served over plain HTTP")...)
	}
	if needs[scenarios.PageNeedsLogin] {
		fix = append(fix, phrase.Set("target.web_user", "", "the web pages need a login")...)
	}
	if len(fix) > 0 {
		return fix
	}
	return slices.Concat(phrase.Set("target.web_port", "", "check the port of the web pages"), phrase.Try("check that this machine can reach the web pages"))
}

// firstError is why the first unread page was not read; "" where all were.
func firstError(views []view) string {
	for _, v := range views {
		for _, p := range v.pages {
			if p.Err != "" {
				return fmt.Sprintf("; %s: %s", v.name, p.Err)
			}
		}
	}
	return ""
}

// remarksOf are what the pages show besides: who is not well, and who differs.
func remarksOf(views []view) string {
	var unhealthy, quiescing, unread []string
	threads, versions := map[string][]string{}, map[string][]string{}
	for _, v := range views {
		last := v.pages[len(v.pages)-1]
		switch {
		case last.Err != "" && last.InUse == nil && last.Total == nil:
			unread = append(unread, v.name)
		case slices.ContainsFunc(v.pages, func(p scenarios.Page) bool { return p.Quiescing }):
			quiescing = append(quiescing, v.name)
		case last.Healthy != nil && !*last.Healthy:
			unhealthy = append(unhealthy, v.name)
		}
		if n := newest(v.pages, func(p scenarios.Page) int { return p.Threads }); n > 0 {
			key := fmt.Sprint(n)
			threads[key] = append(threads[key], v.name)
		}
		if text := newest(v.pages, func(p scenarios.Page) string { return p.Version }); text != "" {
			versions[text] = append(versions[text], v.name)
		}
	}
	note := ""
	add := func(text string, names []string) {
		if len(names) > 0 {
			note = phrase.Join(note, text+phrase.List(names))
		}
	}
	add("Web pages that could not be read: ", unread)
	add("Shutting down, according to their web page: ", quiescing)
	add("Not healthy, according to their web page: ", unhealthy)
	add("fe_service_threads differ: ", differing(threads))
	add("Versions differ: ", differing(versions))
	return note
}

// newest is the latest value that a page gave; the zero value where none did.
func newest[T comparable](pages []scenarios.Page, of func(scenarios.Page) T) (v T) {
	var none T
	for _, p := range pages {
		if got := of(p); got != none {
			v = got
		}
	}
	return v
}

// differing lists who has which value, where there is more than one.
func differing(by map[string][]string) []string {
	if len(by) < 2 {
		return nil
	}
	var out []string
	for value, names := range by {
		out = append(out, fmt.Sprintf("%s on %s", value, phrase.List(names)))
	}
	slices.Sort(out)
	return out
}

// keepalive compares the coordinators' TCP keepalive with the cut
// that the ladder found. It frees their threads of dead connections either way;
// whether it keeps connections alive is for whoever set it.
func keepalive(e scenarios.Measured, views []view) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.PagesKeepalive, Status: scenarios.StatusPass}
	longest, coordinator := scenarios.Seconds(0), ""
	for _, v := range views {
		if k := newest(v.pages, func(p scenarios.Page) scenarios.Seconds { return p.Keepalive }); k > longest {
			longest, coordinator = k, v.name
		}
	}
	cut := e.Idle.FirstDead
	switch {
	case longest == 0:
		return scenarios.Finding{ID: f.ID, Status: scenarios.StatusSkipped, Message: "no page reports a keepalive, or it is off (client_keepalive_probe_period_s)"}
	case cut == 0:
		f.Message = fmt.Sprintf("keepalive is %s, and no idle connection was cut", phrase.ShortSeconds(longest))
		return f
	}
	f.Subject, f.Observed, f.Limit = coordinator, phrase.Num(float64(longest)), phrase.Num(float64(cut))
	if longest >= cut {
		f.Message = fmt.Sprintf("keepalive is %s, and a connection was dead after %s idle", phrase.ShortSeconds(longest), phrase.ShortSeconds(cut))
		f.Note = fmt.Sprintf("Keepalive will not keep flows alive: %s is longer than the cut", phrase.ShortSeconds(longest))
		f.Fix = phrase.Try(fmt.Sprintf("set client_keepalive_probe_period_s below %s on the coordinators; a Classic ELB ignores TCP keepalive", phrase.ShortSeconds(cut)), "raise the balancer's idle timeout")
		return f
	}
	f.Message = fmt.Sprintf("keepalive is %s, shorter than the cut that was found after %s", phrase.ShortSeconds(longest), phrase.ShortSeconds(cut))
	f.Note = "Connections are cut despite it: whatever cuts them ignores TCP keepalive, as a Classic ELB does"
	f.Fix = phrase.Try("raise the balancer's idle timeout: keepalive does not help here")
	return f
}
