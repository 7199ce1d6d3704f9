package cause

import (
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// The names of the reasons.
const (
	ReasonTimeLimit = "time limit on the way"
	ReasonOwnLimit  = "own time limit"
	ReasonTarget    = "one target of many"
	ReasonUnlike    = "one unlike the others"
	ReasonHint      = "hint"
)

// reasons is the table of why, the surest first.
var reasons = []reason{
	{ReasonTimeLimit, timeLimit},
	{ReasonOwnLimit, ownLimit},
	{ReasonTarget, oneTarget},
	{ReasonUnlike, unlikeTheOthers},
	{ReasonHint, hint},
}

// timeLimit: connections were closed after one and the same silence, longer than a
// peer takes that refuses.
func timeLimit(f facts) (string, scenarios.Fixes, bool) {
	shortest, longest := f.waits()
	closed := f.every(func(g scenarios.FailureGroup) bool {
		return g.Part != scenarios.PartHeld && g.Class.Phase > scenarios.PhaseTCP && (g.Class.IsEOF() || g.Class.IsReset())
	})
	if !closed || !oneSilence(shortest, longest) {
		return "", nil, false
	}
	return timeLimitText(shortest), timeLimitFix(shortest), true
}

// oneSilence reports whether times from the one to the other are those of one limit.
func oneSilence(shortest, longest scenarios.Seconds) bool {
	return shortest >= .9 && longest-shortest <= max(.5, shortest/10)
}

func timeLimitText(s scenarios.Seconds) string {
	return fmt.Sprintf("closed after %s without an answer, so something on the way has a time limit of about %s", phrase.MeasuredSeconds(s), phrase.Brief(s.Duration()))
}

func timeLimitFix(s scenarios.Seconds) scenarios.Fixes {
	return phrase.Try(
		fmt.Sprintf("raise the time limit of about %s of the balancer or proxy (HAProxy: timeout server; nginx: proxy_timeout; AWS: idle timeout)", phrase.Brief(s.Duration())),
		"find out why the coordinators take that long to answer")
}

// ownLimit: statements took longer than this run lets them, everywhere.
func ownLimit(f facts) (string, scenarios.Fixes, bool) {
	limit := f.e.Scenario.Load.Timeout
	statement := f.every(func(g scenarios.FailureGroup) bool { return g.Class.IsTimeout() && !g.Class.Phase.UntilOpen() })
	if !statement || limit == 0 || f.e.Scenario.Query == "" || countGood(f.good, nil) > 0 {
		return "", nil, false
	}
	return "the statement takes longer than load.timeout, " + limit.String(), slowStatementFix(), true
}

func slowStatementFix() scenarios.Fixes {
	return slices.Concat(phrase.Set("load.timeout", "", "give the statement more time"), phrase.Try("choose a statement that takes less"))
}

// oneTarget: connections failed at an address at which others were accepted.
func oneTarget(f facts) (string, scenarios.Fixes, bool) {
	connect := f.every(func(g scenarios.FailureGroup) bool {
		return g.Class.Phase == scenarios.PhaseTCP && slices.Contains([]vocab.Kind{vocab.KindRefused, vocab.KindTimeout, vocab.KindReset, vocab.KindUnreachable}, g.Class.Kind)
	})
	if !connect || !f.gotIn() {
		return "", nil, false
	}
	fixes := phrase.Try("something does listen at that address: one of the targets behind it does not. Look at the health of the targets, at their port, and at the security group or firewall in front of each")
	if mine := f.e.OnThisMachine; len(mine) > 0 {
		fixes = slices.Concat(phrase.Try(fmt.Sprintf("this machine is itself a coordinator (%s): a network load balancer that keeps client addresses cannot connect a target to itself (hairpinning). Test from another machine, or turn client address preservation off", phrase.List(mine))), fixes)
	}
	return "others were accepted at the same address", fixes, true
}

// unlikeTheOthers: others got in with the same settings, so it is not the settings,
// although the hint of a single session names them.
func unlikeTheOthers(f facts) (string, scenarios.Fixes, bool) {
	if !f.anyGotIn() {
		return "", nil, false
	}
	for _, g := range f.byCount() {
		if text := f.partialFailure(g.Class.Kind); text != "" && slices.Contains(loginPhases, g.Class.Phase) {
			return "", phrase.Try("other sessions succeeded with the same settings, so it is not the settings: " + text + f.lookFirst()), true
		}
		if len(f.withoutSettings(g)) > 0 {
			return "", nil, false
		}
	}
	return "", nil, false
}

// loginPhases are the phases in which a mismatch of settings shows.
var loginPhases = []scenarios.Phase{scenarios.PhaseTLS, scenarios.PhaseSASL, scenarios.PhaseOpen}

// partialFailure is what a failure before a session is open means where others succeed;
// "" where it means nothing of its own.
func (f facts) partialFailure(k vocab.Kind) string {
	if text := partialTickets[k]; text != "" && f.e.Scenario.Auth.Mechanism == scenarios.MechanismKerberos {
		return text
	}
	text := partialFailures[k]
	if k == vocab.KindRejected && f.e.Scenario.Target.Protocol == scenarios.ProtocolHS2HTTP {
		text += "; or " + partialFailures[vocab.KindNoCredentials]
	}
	return text
}

// lookFirst names the coordinator that the place suspects.
func (f facts) lookFirst() string {
	if f.suspect == "" {
		return ""
	}
	return "; look at " + f.suspect + " first"
}

// wrongKey is what a ticket that most coordinators take means where one does not.
const wrongKey = "a coordinator's keytab lacks the key of the balancer's principal, or has an old one, or its clock is more than five minutes off"

// partialTickets is partialFailures where logins are by Kerberos. Impala closes the
// connection without a word whatever is wrong with a ticket.
var partialTickets = map[vocab.Kind]string{
	vocab.KindRejected:  wrongKey,
	vocab.KindMechanism: "a coordinator has no Kerberos login, and the others have",
}

// partialFailures is what a failed login means where others succeed.
var partialFailures = map[vocab.Kind]string{
	vocab.KindTimeout:     "a coordinator hangs, or all its service threads (--fe_service_threads) are busy",
	vocab.KindEOF:         "a coordinator behind the balancer is gone, or is configured unlike the others",
	vocab.KindReset:       "a coordinator behind the balancer is gone, or is configured unlike the others",
	vocab.KindRejected:    "a coordinator's login is configured unlike the others', or its directory server does not answer",
	vocab.KindMechanism:   "a coordinator's login is configured unlike the others'",
	vocab.KindServerProof: wrongKey,
	vocab.KindClockSkew:   "a coordinator's clock is more than five minutes off",
	vocab.KindProtection:  "a coordinator's login protects messages in another way than the others' do",

	vocab.KindNoCredentials: "something on the way to a coordinator removes the Authorization header",
	vocab.KindUnauthorized:  "a coordinator's list of who may log in, or act for others, is unlike the others'",
	vocab.KindUnavailable:   "a proxy had no coordinator to send requests to for some time: look at the health checks of its targets",
	vocab.KindRedirect:      "something behind the balancer sends requests to another address, such as a login page",
	vocab.KindNoPath:        "something behind the balancer does not have the path that the others have",
	vocab.KindHTTPStatus:    "something behind the balancer answers with errors of its own",
	vocab.KindNeedsSASL:     "a coordinator's login is configured unlike the others'",
	vocab.KindNeedsTLS:      "a coordinator has TLS and the others have not",
	vocab.KindNotTLS:        "a coordinator has no TLS and the others have",
	vocab.KindVersion:       unlikeTLS,
	vocab.KindNoCipher:      unlikeTLS,
	vocab.KindAlert:         unlikeTLS,

	vocab.KindServerName: "a listener behind the balancer lacks the certificate that the others have",
	vocab.KindClientCert: "a listener behind the balancer requires a client certificate and the others do not",

	vocab.KindGarbage:  "something behind the balancer is not a coordinator",
	vocab.KindOversize: "something behind the balancer is not a coordinator",
	vocab.KindMismatch: "something behind the balancer is not a coordinator",
	vocab.KindHTTP:     "something behind the balancer is not a coordinator",
}

const unlikeTLS = "a listener behind the balancer has another TLS policy than the others"

// hint: what the client suggested for the most frequent failure for which there is
// a suggestion, without what the run has refuted.
func hint(f facts) (string, scenarios.Fixes, bool) {
	for _, g := range f.byCount() {
		if fixes := f.withoutSettings(g); len(fixes) > 0 {
			return "", fixes, true
		}
	}
	return "", nil, false
}

// byCount are the errors of the classes to be explained, the most frequent first.
func (f facts) byCount() []scenarios.ErrorGroup {
	classes := classesOf(f.left)
	return slices.DeleteFunc(slices.Clone(f.errors), func(g scenarios.ErrorGroup) bool { return !slices.Contains(classes, g.Class) })
}

// withoutSettings is the hint of a failure, without the settings of login, TLS and
// protocol where others got in with the same.
func (f facts) withoutSettings(g scenarios.ErrorGroup) scenarios.Fixes {
	if !f.anyGotIn() {
		return g.Hint
	}
	return slices.DeleteFunc(slices.Clone(g.Hint), func(fix vocab.Fix) bool {
		return strings.HasPrefix(fix.Setting, "auth.") || strings.HasPrefix(fix.Setting, "tls.") || fix.Setting == "target.protocol"
	})
}

// ForErrors are errors with what to try against each class as the causes have it,
// in the place of the hints of single sessions.
func ForErrors(causes []Cause, errors []scenarios.ErrorGroup) []scenarios.ErrorGroup {
	out := slices.Clone(errors)
	for i, g := range out {
		for _, c := range causes {
			if slices.Contains(c.Classes, g.Class) && c.Fix != nil {
				out[i].Hint = c.Fix
				break
			}
		}
	}
	return out
}
