package main

// matrixNetwork are faults of connections.
var matrixNetwork = []matrixRow{
	{
		id: "F01", fault: "every connection is refused", report: "tcp.refused, nothing measured", exit: "4", partial: "`complete: false`, the failure",
		tries:   []matrixTry{{peer: closedPort, args: []string{"smoke", "ADDR", "--quiet"}, exit: exitUnmeasured, class: "tcp.refused", says: []string{"tcp.refused", "NOTHING MEASURED"}}},
		shownBy: []string{"TestSmoke_NothingMeasuredWhereEveryNodeIsDead"},
	},
	{
		id: "F02", fault: "one of several is refused, behind the balancer or as a node", report: "errors.rate (open.eof, tcp.refused), balance.coverage; the rest is counted", exit: "1",
		shownBy: []string{"TestDemo_ReportsFaults", "TestSmoke_GetsInWhereOneNodeIsDead", "TestRun_NameWithADeadAddress"},
	},
	{
		id: "F03", fault: "SYN dropped", report: "tcp.timeout within the time of the phase", exit: "4", partial: "`complete: false`, the failure",
		tries: []matrixTry{{
			peer: blackhole, linux: true,
			args: []string{"smoke", "ADDR", "--quiet", "--timeout", "1s"}, exit: exitUnmeasured, class: "tcp.timeout", says: []string{"tcp.timeout"},
		}},
		shownBy: []string{"haproxy.name.silent-1-of-3", "TestDoctor_LeavesABlackhole"},
	},
	{
		id: "F04", fault: "no route, or rejected by a firewall", report: "tcp.unreachable", exit: "4", partial: "`complete: false`, the failure",
		tries: []matrixTry{{linux: true, args: []string{"smoke", "224.0.0.1:21050", "--quiet"}, exit: exitUnmeasured, class: "tcp.unreachable", says: []string{"no route, or a firewall"}}},
	},
	{
		id: "F05", fault: "accepted and closed", report: "open.eof", exit: "4", partial: "`complete: false`, the failure",
		tries:   []matrixTry{{peer: thatSays(""), args: []string{"smoke", "ADDR", "--quiet"}, exit: exitUnmeasured, class: "open.eof", says: []string{"open.eof"}}},
		shownBy: []string{"TestOpen_NoAnswerHintsAtProxyHeader", "capacity.maxconn"},
	},
	{
		id: "F06", fault: "accepted and reset", report: "open.reset", exit: "4", partial: "`complete: false`, the failure",
		tries:   []matrixTry{{peer: scripted(reset), args: []string{"smoke", "ADDR", "--quiet"}, exit: exitUnmeasured, class: "open.reset", says: []string{"open.reset"}}},
		shownBy: []string{"TestWait_ReportsHowConnectionWasCut", "nginx.limit.connections"},
	},
	{
		id: "F07", fault: "cut in the middle of a call, after any byte", report: "the phase, .reset or .eof; a statement is not sent again", exit: "1",
		shownBy: []string{"TestSession_CutAfterEveryByteOfEveryReply", "TestHTTP_CutAfterEveryByteOfEveryAnswer", "TestDemo_ReportsFaults"},
	},
	{
		id: "F08", fault: "half-open: the peer is gone without FIN", report: "timeout in the phase; idle.cut silent; closing does not hold up the end (sessions.closed)", exit: "1",
		shownBy: []string{"idle.silent", "TestWait_ReportsHowConnectionWasCut", "TestClosing_HangsDoNotDelayTheRun", "TestClosing_HangsOfHeldSessionsAreBounded"},
	},
	{
		id: "F09", fault: "a backend accepts and never answers", report: "open.timeout; where one of several: errors.rate, coverage inconclusive", exit: "1, 4", partial: "as far as the run came",
		tries:   []matrixTry{{peer: taken, args: []string{"smoke", "ADDR", "--quiet", "--timeout", "3s"}, exit: exitUnmeasured, class: "open.timeout"}},
		shownBy: []string{"TestSmoke_LeavesASilentBalancerAtTheLimit", "TestSession_TimesOutInEveryPhase", "TestDemo_ReportsFaults", "haproxy.hung", "TestNoHang_Sessions"},
	},
	{
		id: "F10", fault: "an answer a byte at a time", report: "no fault within the time of the phase, else timeout: the time is that of the phase, not of a byte", exit: "4", partial: "`complete: false`, the failure",
		tries:   []matrixTry{{peer: scripted(drip), args: []string{"smoke", "ADDR", "--quiet", "--timeout", "3s"}, exit: exitUnmeasured, class: "open.timeout", says: []string{"open.timeout"}}},
		shownBy: []string{"TestQuery_EndlessRepliesObeyDeadlineAndCancel", "TestProtectedStream_ReadsByteByByte", "TestReadMessage_ByteByByte"},
	},
}
