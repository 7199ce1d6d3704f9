package exporter_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// bubble runs a test with a clock of its own.
func bubble(t *testing.T, config string, test func(t *testing.T, l *lab)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, config)
		defer l.end()
		test(t, l)
	})
}

func wait(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestProbe_NeverWaitsForARun(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		began := time.Now()
		first := l.scrape("prod")
		if took := time.Since(began); took != 0 {
			t.Errorf("the scrape took %v", took)
		}
		if first["exporter_result_available"] != 0 || first["exporter_run_in_progress"] != 1 {
			t.Errorf("before the first run ended: %v", first)
		}
		if _, has := first["exporter_result_age_seconds"]; has {
			t.Error("there is an age of no result")
		}
		wait(runTime + 90*time.Second)
		second := l.scrape("prod")
		if second["verdict pass"] != 1 || second["exporter_result_age_seconds"] != 90 || second["exporter_run_in_progress"] != 0 {
			t.Errorf("90 s after the run: %v", second)
		}
		if got := l.runs(); len(got) != 1 {
			t.Errorf("runs: %q", got)
		}
	})
}

func TestProbe_StartsARunWhenTheResultIsOld(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		for range 40 { // a scrape every 30 s, 20 minutes
			l.scrape("prod")
			wait(30 * time.Second)
		}
		if got := len(l.runs()); got != 4 { // every 5 minutes, and 30 s of running
			t.Errorf("%d runs in 20 minutes", got)
		}
		old := l.scrape("prod")
		wait(time.Hour)
		if got := len(l.runs()); got > 5 {
			t.Errorf("%d runs, and nobody asked", got)
		}
		if now := l.scrape("prod"); now["exporter_result_age_seconds"] < 3000 || now["verdict pass"] != old["verdict pass"] {
			t.Errorf("after an hour: %v", now)
		}
	})
}

func TestProbe_BoundsRunsOfAllTargets(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		l.scrape("prod")
		synctest.Wait()
		if got := l.scrape("test"); got["exporter_run_waiting"] != 1 || got["exporter_run_in_progress"] != 0 {
			t.Errorf("while another target runs: %v", got)
		}
		for range 10 {
			l.scrape("prod")
			l.scrape("test")
			wait(10 * time.Second)
		}
		if l.most != 1 || len(l.runs()) != 2 {
			t.Errorf("%d ran together, of %q", l.most, l.runs())
		}
	})
}

// The targets that are due get the places that become free, however often others are asked for.
func TestProbe_LongestWaitingTargetIsNext(t *testing.T) {
	const config = "concurrent: 1\nevery: 10s\ntargets: {a: {scenario: smoke, endpoints: [a]}, b: {scenario: smoke, endpoints: [b]}, c: {scenario: smoke, endpoints: [c]}}"
	bubble(t, config, func(t *testing.T, l *lab) {
		for _, name := range []string{"b", "c", "a"} {
			l.scrape(name)
			wait(time.Second)
		}
		for range 6 * int(runTime/time.Second) {
			l.scrape("a")
			wait(time.Second)
		}
		if got := strings.Join(l.runs(), ","); got != "b ,c ,a ,a ,a ,a " {
			t.Errorf("runs: %q", got)
		}
		l.scrape("c") // a runs, and they have not been asked for again until now
		l.scrape("b")
		wait(2*runTime + time.Second)
		if got := l.runs(); len(got) < 8 || got[6] != "b " || got[7] != "c " {
			t.Errorf("runs: %q", got)
		}
	})
}

func TestProbe_UnknownTargetIsNotFound(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		for _, target := range []string{"prod.example.com", "127.0.0.1:21050", "", "PROD", "prod%00", "test&target=prod"} {
			code, body := l.get("/probe?target=" + target)
			if want := map[bool]int{true: 400, false: 404}[strings.Contains(target, "&")]; code != want {
				t.Errorf("%q: %d %s", target, code, body)
			}
			if target != "" && strings.Contains(body, target) {
				t.Errorf("%q is repeated in %q", target, body)
			}
		}
		wait(time.Minute)
		if got := l.runs(); len(got) != 0 {
			t.Errorf("runs: %q", got)
		}
		if _, body := l.get("/metrics"); !strings.Contains(body, "impala_lbcheck_exporter_unknown_targets_total 5") {
			t.Error("they were not counted")
		}
	})
}

func TestProbe_RejectedLoginIsNotSentAgain(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		l.set(func() { l.good = "second" })
		var last map[string]float64
		for range 100 {
			last = l.scrape("prod")
			wait(time.Minute)
		}
		if got := l.runs(); len(got) != 1 {
			t.Fatalf("the login was sent in %d runs: %q", len(got), got)
		}
		if last["exporter_login_withheld"] != 1 || last["verdict inconclusive"] != 1 {
			t.Errorf("after it was rejected: %v", last)
		}
		l.set(func() { l.files["exporter.yaml"] = strings.Replace(twoTargets, "every: 5m", "every: 6m", 1) })
		for range 100 {
			l.scrape("prod")
			wait(time.Minute)
		}
		if got := l.runs(); len(got) != 1 {
			t.Fatalf("it was sent again after another setting changed: %q", got)
		}
		l.set(func() { l.password = "second" })
		for range 10 {
			last = l.scrape("prod")
			wait(time.Minute)
		}
		if got := l.runs(); len(got) < 2 || got[1] != "prod.example.com second" {
			t.Errorf("after the secret changed: %q", got)
		}
		if last["exporter_login_withheld"] != 0 || last["verdict pass"] != 1 {
			t.Errorf("after the secret changed: %v", last)
		}
	})
}

// A configuration that changes while the login is being rejected sends it no second time.
func TestProbe_RejectedLoginOfATargetThatChanged(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		l.set(func() { l.good = "second" })
		wait(14 * time.Second) // the files are looked at soon
		l.scrape("prod")
		synctest.Wait()
		l.set(func() { l.files["exporter.yaml"] = strings.Replace(twoTargets, "every: 5m", "every: 1m", 1) })
		for range 20 {
			wait(30 * time.Second)
			l.scrape("prod")
		}
		if got := l.runs(); len(got) != 1 {
			t.Errorf("the login was sent in %d runs: %q", len(got), got)
		}
	})
}

func TestProbe_SecretThatCannotBeReadIsNoRun(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		l.set(func() { l.password = "" })
		l.scrape("prod")
		synctest.Wait()
		if got := l.scrape("prod"); got["exporter_run_failed_to_start"] != 1 || len(l.runs()) != 0 {
			t.Errorf("%v, runs %q", got, l.runs())
		}
		l.set(func() { l.password = "first" })
		wait(5 * time.Minute)
		l.scrape("prod")
		wait(runTime)
		if got := l.scrape("prod"); got["exporter_run_failed_to_start"] != 0 || got["verdict pass"] != 1 {
			t.Errorf("once it can be read: %v", got)
		}
	})
}

func TestProbe_PanicOfARunIsNoEndOfTheExporter(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		l.set(func() { l.panics = true })
		l.scrape("test")
		wait(runTime)
		if got := l.scrape("test"); got["exporter_run_internal_error"] != 1 || got["exporter_run_failed_to_start"] != 0 {
			t.Errorf("%v", got)
		}
		if _, body := l.get("/metrics"); !strings.Contains(body, `runs_without_result_total{reason="internal_error",target="test"} 1`) || !strings.Contains(body, `{reason="error",target="test"} 0`) {
			t.Error("it was not counted as a fault of the exporter")
		}
		if !strings.Contains(l.log.String(), "a fault of ours") {
			t.Error("the log does not tell")
		}
	})
}

func TestRun_EndsRuns(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		l.scrape("prod")
		synctest.Wait()
		began := time.Now()
		l.end()
		if took := time.Since(began); took != time.Second || l.stopped != 1 || l.running != 0 {
			t.Errorf("it ended after %v, %d runs were told to end, %d go on", took, l.stopped, l.running)
		}
		if code, _ := l.get("/probe?target=prod"); code != 404 || len(l.runs()) != 1 {
			t.Errorf("a scrape after the end: %d, runs %q", code, l.runs())
		}
	})
}

func TestRun_ReadsTheFileAgain(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		l.scrape("test")
		wait(runTime)
		l.scrape("prod")
		synctest.Wait()
		l.set(func() { l.files["exporter.yaml"] = "targets: {prod: {scenario: smoek}}" })
		wait(time.Minute)
		if !slices.Equal(l.e.Targets(), []string{"prod", "test"}) || !strings.Contains(l.log.String(), "did you mean smoke") {
			t.Errorf("an error was applied: %q, %s", l.e.Targets(), l.log.String())
		}
		if _, body := l.get("/metrics"); !strings.Contains(body, "config_last_reload_successful 0") {
			t.Error("the metrics do not tell of the error")
		}
		l.scrape("prod") // its next run begins, or goes on
		synctest.Wait()
		l.set(func() {
			l.files["exporter.yaml"] = "targets: {test: {scenario: smoke, endpoints: [test.example.com]}, new: {scenario: mine.yaml}}"
			l.files["mine.yaml"] = "target: {endpoints: [new.example.com]}\n"
		})
		wait(time.Minute)
		if !slices.Equal(l.e.Targets(), []string{"new", "test"}) {
			t.Errorf("targets %q", l.e.Targets())
		}
		if got := l.scrape("test"); got["exporter_result_available"] != 1 {
			t.Errorf("a target that stays has lost its result: %v", got)
		}
		if _, body := l.get("/metrics"); strings.Contains(body, `target="prod"`) || !strings.Contains(body, "config_last_reload_successful 1") {
			t.Error("the counters of a target that is gone are still there, or the reload is not told")
		}
	})
}

func TestRun_EndsTheRunOfATargetThatIsGone(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		wait(14 * time.Second) // the files are looked at soon
		l.scrape("prod")
		synctest.Wait()
		l.set(func() { l.files["exporter.yaml"] = "targets: {test: {scenario: smoke, endpoints: [test.example.com]}}" })
		wait(2500 * time.Millisecond)
		if l.stopped != 1 || l.running != 0 {
			t.Errorf("%d runs were told to end, %d go on", l.stopped, l.running)
		}
	})
}

func TestHandler_Pages(t *testing.T) {
	bubble(t, twoTargets, func(t *testing.T, l *lab) {
		if code, body := l.get("/-/healthy"); code != 200 || body != "healthy\n" {
			t.Errorf("healthy: %d %q", code, body)
		}
		if code, body := l.get("/"); code != 200 || body != "/probe?target=prod\n/probe?target=test\n/targets\n/metrics\n/-/healthy\n" {
			t.Errorf("/: %d %q", code, body)
		}
		if code, body := l.get("/targets"); code != 200 || body != `[{"targets":["prod","test"]}]`+"\n" {
			t.Errorf("/targets: %d %q", code, body)
		}
		if code, _ := l.get("/other"); code != 404 {
			t.Errorf("/other: %d", code)
		}
		_, body := l.get("/metrics")
		for _, want := range []string{
			`impala_lbcheck_exporter_runs_total{target="prod",verdict="fail"} 0`, "impala_lbcheck_exporter_targets 2",
			`impala_lbcheck_exporter_build_info{goversion="go`, "impala_lbcheck_exporter_runs_in_progress 0",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("/metrics has no %s", want)
			}
		}
	})
}
