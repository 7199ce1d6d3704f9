package awscheck

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// check is one row of the table.
type check struct {
	id       string // of its finding
	title    string // what it asks
	why      string // what happens where it is not so
	suffers  string
	document document
	classic  aspect
	network  aspect
}

// document is what a check rests on.
type document struct{ name, url string }

// aspect is a check of one type of load balancer.
type aspect struct {
	none    string   // why it is not asked; "": it is
	healthy string   // the limit
	fails   bool     // what is not healthy fails; false: it is a note
	needs   []string // actions of IAM without which it is not asked
	mend    mend
	judge   func(asked) outcome
}

// mend is what would mend it.
type mend struct {
	call      string // of the AWS CLI; NAME is the load balancer's, SECONDS a time that the outcome says
	terraform string // the resource's argument
}

// asked is a load balancer and what it is held against.
type asked struct {
	*scenarios.Audited
	config scenarios.AuditConfig
}

// outcome is what one check found.
type outcome struct {
	status          scenarios.Status
	message         string
	note            string
	observed, limit *float64
	fix             scenarios.Fixes   // of what is not known: what would tell it
	mend            *mend             // in place of the check's; nil: that would do
	seconds         scenarios.Seconds // what stands for SECONDS in what would mend it
}

func good(format string, args ...any) outcome {
	return outcome{status: scenarios.StatusPass, message: fmt.Sprintf(format, args...)}
}

func bad(format string, args ...any) outcome {
	return outcome{status: scenarios.StatusFail, message: fmt.Sprintf(format, args...)}
}

// unwise passes with a note: the reason of the check.
func unwise(format string, args ...any) outcome {
	return outcome{status: scenarios.StatusPass, message: fmt.Sprintf(format, args...), note: reasonOfCheck}
}

// unknown is skipped.
func unknown(format string, args ...any) outcome {
	return outcome{status: scenarios.StatusSkipped, message: fmt.Sprintf(format, args...)}
}

// reasonOfCheck stands for the check's why.
const reasonOfCheck = "\x00"

// measured adds numbers.
func (o outcome) measured(observed, limit scenarios.Seconds) outcome {
	o.observed, o.limit = phrase.Num(float64(observed)), phrase.Num(float64(limit))
	return o
}

// toldBy adds the settings that would say what is unknown.
func (o outcome) toldBy(fix scenarios.Fixes) outcome {
	o.fix = fix
	return o
}

// Judge is the findings of all checks; nil where no load balancer was read.
func Judge(e scenarios.Measured) []scenarios.Finding {
	if e.Audit == nil {
		return nil
	}
	var out []scenarios.Finding
	for _, c := range checks {
		out = append(out, c.ask(asked{e.Audit, e.Scenario.Audit}))
	}
	return out
}

// ask judges one load balancer.
func (c check) ask(a asked) scenarios.Finding {
	of, why := c.of(a)
	o := unknown("%s", why)
	if why == "" {
		o = of.judge(a)
	}
	f := scenarios.Finding{
		ID: c.id, Status: o.status, Message: o.message,
		Observed: o.observed, Limit: o.limit, Fix: o.fix,
	}
	if o.status == scenarios.StatusSkipped {
		return f
	}
	f.Explain = fmt.Sprintf("%s\nhealthy: %s\nrests on: %s", c.why, of.healthy, c.document.name)
	if o.note == reasonOfCheck {
		f.Note = c.why
	}
	if o.status == scenarios.StatusFail || f.Note != "" {
		f.See = c.document.url
		f.Fix = cmp.Or(o.mend, &of.mend).fixes(a.Name, o.seconds)
	}
	return f
}

// of is the aspect that applies, or why none does.
func (c check) of(a asked) (of aspect, why string) {
	switch a.Type {
	case scenarios.BalancerClassic:
		of = c.classic
	case scenarios.BalancerNetwork:
		of = c.network
	case "":
		return of, Unread(*a.Audited)
	default:
		return of, fmt.Sprintf("it is a load balancer of type %s, and the checks are for Classic and network load balancers", a.Type)
	}
	if of.none != "" {
		return of, of.none
	}
	for _, action := range of.needs {
		if why := a.missing(action); why != "" {
			return of, why
		}
	}
	return of, ""
}

// Unread is why a load balancer was not read, by the first call that failed; "": it was.
func Unread(a scenarios.Audited) string {
	const text = "the load balancer could not be read"
	switch {
	case a.Type != "":
		return ""
	case len(a.Unread) == 0:
		return text
	}
	return text + ": " + unreadText(a.Unread[0])
}

// missing is why a call's answer is not there; "" where it is.
func (a asked) missing(action string) string {
	for _, u := range a.Unread {
		if u.Action == action {
			return "not read: " + unreadText(u)
		}
	}
	return ""
}

func unreadText(u scenarios.AuditUnread) string {
	if u.Missing != "" {
		return "the caller lacks the permission " + u.Missing
	}
	return strings.TrimPrefix(u.Action+": "+u.Text, ": ") // what failed before a call has no action
}

// cli is a command of the AWS CLI: its options are names and values, by turns.
func cli(command string, options ...string) string {
	for i := 0; i+1 < len(options); i += 2 {
		command += " --" + options[i] + " " + options[i+1]
	}
	return command
}

// fixes are the call and the argument.
func (m mend) fixes(name string, seconds scenarios.Seconds) scenarios.Fixes {
	call := strings.NewReplacer("NAME", name, "SECONDS", strconv.Itoa(int(math.Ceil(float64(seconds))))).Replace(m.call)
	return phrase.Try(call, "in Terraform: "+m.terraform)
}
