package main

import (
	"path/filepath"
	"sync"
	"testing"
)

// matrixRuns are faults of a run, of this machine and of the cluster meanwhile.
var matrixRuns = []matrixRow{
	{
		id: "F32", fault: "Ctrl-C during a run, and once more", report: "sessions closed; a second one ends at once, and leaves no unfinished file", exit: "130", partial: "`complete: false`, the sessions so far",
		shownBy: []string{"TestSignal_ClosesSessionsAndKeepsTheResult", "TestSignal_LeavesNothingOpenOnTheCluster", "capacity.interrupted", "TestInterrupt_LeavesNothingOpenAndNoFileHalf"},
	},
	{
		id: "F33", fault: "SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, a reader that is gone, or that reads no more", report: "as F32; files are written although stdout is closed; after a signal, who does not read is waited for 10 s", exit: "129, 131, 143", partial: "`complete: false`, the sessions so far",
		shownBy: []string{"TestSignal_ClosesSessionsAndKeepsTheResult", "TestSignal_LeavesNothingOpenOnTheCluster", "TestWrite_ClosedReaderIsNoFault", "TestInterrupt_LeavesNothingOpenAndNoFileHalf", "TestNoHang_Readers", "TestWrite_PipeWithoutReaderAfterASignal", "TestStopped_IsNoFaultOfTheService"},
	},
	{
		id: "F34", fault: "the disk is full when the report is written, or in the middle of a file", report: "the write that failed is named; stdout has the report; no file is left half, and observations have complete lines", exit: "4, 70", partial: "on stdout",
		tries: []matrixTry{
			{name: "nothing measured", linux: true, peer: closedPort, args: []string{"smoke", "ADDR", "--quiet", "--out", "json=/dev/full"}, exit: exitUnmeasured, says: []string{"report not written: write /dev/full", "NOTHING MEASURED"}},
			{name: "passed", linux: true, args: []string{"demo", "smoke", "--quiet", "--coordinators", "2", "--rate", "0", "--out", "json=/dev/full"}, exit: exitInternal, says: []string{"report not written: write /dev/full", "PASS"}},
		},
		shownBy: []string{"TestWrite_FailedReportIsNoPass", "TestRoom_EndsInTheMiddleOfAFile", "load.disk"},
	},
	{
		id: "F35", fault: "a file for a report in a directory that is not there, is none, or may not be written", report: "refused before anything is sent", exit: "2",
		tries: []matrixTry{
			{name: "no directory", args: []string{"smoke", "127.0.0.1:1", "--out", "DIR/none/r.json"}, exit: exitUsage, says: []string{"no such file or directory"}},
			{name: "a file as a directory", files: map[string]string{"f": ""}, args: []string{"smoke", "127.0.0.1:1", "--out", "DIR/f/r.json"}, exit: exitUsage, says: []string{"not a directory"}},
			{name: "a directory as the file", args: []string{"smoke", "127.0.0.1:1", "--out", "json=DIR"}, exit: exitUsage, says: []string{"directory"}},
		},
		shownBy: []string{"load.disk"},
	},
	{
		id: "F36", fault: "too few file descriptors, or threads", report: "refused with need and have; in a run tcp.local-nofile and load.lag inconclusive, never the service; without threads Go's runtime ends, before anything is sent", exit: "2, 3", partial: "`complete: false`, the sessions so far",
		shownBy: []string{"load.descriptors", "load.threads", "TestCheckPreflight_NamesNeedAndHave", "TestStages_LimitOfThisMachineIsInconclusive"},
	},
	{
		id: "F37", fault: "local ports run out", report: "as F36, with tcp.local-ports", exit: "2, 3", partial: "`complete: false`, the sessions so far",
		shownBy: []string{"load.ports", "TestCheckPreflight_NamesNeedAndHave", "TestStages_LimitOfThisMachineIsInconclusive"},
	},
	{
		id: "F38", fault: "little memory, many sessions; SIGKILL", report: "10 000 held sessions in 82 MiB, within the kernel's limit of 128 MiB; `--observations` has complete lines up to the last", exit: "137", partial: "the lines",
		shownBy:    []string{"capacity.memory", "load.killed", "TestRun_MemoryDoesNotGrowWithSessions", "TestMemory_BoundsAllSessionsTogether", "TestInterrupt_LeavesNothingOpenAndNoFileHalf"},
		unprovable: "a limit of 64 MiB for 10 000 sessions: the process takes more, and the kernel kills it",
	},
	{
		id: "F39", fault: "clocks: this machine's jumps, another's differs", report: "sasl.clock-skew and tls.expiry with both clocks", exit: "1, 4", partial: "as far as the run came",
		shownBy:    []string{"TestDemo_ReportsFaults", "TestDoctor_NamesTheCauseOfAKerberosFailure"},
		unprovable: "a jump of the system clock, which no test may set: durations are of the monotonic clock",
	},
	{
		id: "F40", fault: "names of coordinators: one for several, none, control characters, 400 KiB", report: "identity.sound inconclusive; names are cut and shown without control characters", exit: "3",
		shownBy: []string{"TestDemo_ReportsFaults", "TestOpen_KeepsNoLongName", "TestError_ShowsNoControlCharacter", "TestOutputs_HoldNothingThatATerminalOrCIObeys", "haproxy.name.one-for-four"},
	},
	{
		id: "F41", fault: "a coordinator restarts during the run", report: "one coordinator with two pids", exit: "0",
		shownBy: []string{"TestRun_RestartIsOneCoordinatorWithTwoPIDs", "TestDemo_ReportsFaults"},
	},
	{
		id: "F42", fault: "a backend is added, drained or given another weight", report: "the report has the times", exit: "0, 1",
		shownBy: []string{"watch.changes", "TestWatch_Drain", "haproxy.drain"},
	},
	{
		id: "F43", fault: "session limit, unknown session, expired session, full admission queue, a query that fails or never ends", report: "session-limit, invalid-session, execute.admission, execute.error, timeout", exit: "1",
		shownBy: []string{"TestSession_ClassesServerErrors", "TestSession_TimesOutInEveryPhase", "TestQuery_EndlessRepliesObeyDeadlineAndCancel", "TestDemo_ReportsFaults"},
	},
	{
		id: "F44", fault: "an idle connection is closed, reset or dropped", report: "idle.cut, with how and when", exit: "1",
		shownBy: []string{"idle.fin", "idle.rst", "idle.silent", "TestIdle_FindsWhenAndHowConnectionsAreCut"},
	},
	{
		id: "F45", fault: "a PROXY header that nobody expects, or that is expected", report: "open.proxy-header; what the diagnostic connections heard", exit: "4", partial: "`complete: false`, the failure",
		tries:   []matrixTry{{peer: thatSays("PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n"), args: []string{"smoke", "ADDR", "--quiet"}, exit: exitUnmeasured, class: "open.proxy-header", says: []string{"PROXY"}}},
		shownBy: []string{"TestDemo_ReportsFaults", "TestCluster_PROXYHeaderBeforeLogin", "doctor.balancers"},
	},
	{
		id: "F46", fault: "the balancer keeps a client at one coordinator", report: "balance.coverage, or tolerated where it is declared", exit: "0, 1",
		shownBy: []string{"TestDemo_ReportsFaults", "TestSmoke_PolicySourceByLocalAddress", "envoy.maglev.source"},
	},
}

// Two runs that write one file leave it whole, from one of them.
func TestMatrix_TwoRunsWithOneFile(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "r.json")
	var runs sync.WaitGroup
	for range 2 {
		runs.Go(func() {
			stdout, stderr, code := call(t, "demo", "smoke", "--quiet", "--coordinators", "2", "--nodes", "1", "--sessions", "20", "--rate", "0", "--timeout", "20s", "--out", out)
			if code != exitPass {
				t.Errorf("exit %d\n%s%s", code, stdout, stderr)
			}
		})
	}
	runs.Wait()
	r, err := readResult(t.Context(), out)
	if err != nil || !r.Complete {
		t.Errorf("complete %v, %v", r.Complete, err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), "*")); len(left) != 1 {
		t.Errorf("files %v, want one", left)
	}
}
