package audit

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// maxFilter is how many values one filter of EC2's takes.
const maxFilter = 200

// batches are parts of a list that one filter takes.
func batches(all []string) [][]string {
	var out [][]string
	for len(all) > maxFilter {
		out, all = append(out, all[:maxFilter]), all[maxFilter:]
	}
	if len(all) > 0 {
		out = append(out, all)
	}
	return out
}

func filter(name string, values []string) ec2types.Filter {
	return ec2types.Filter{Name: aws.String(name), Values: values}
}

// note adds a call that failed, each action once; it reports whether none did.
func (r *reader) note(err error) (ok bool) {
	if err == nil {
		return true
	}
	u := scenarios.AuditUnread{Text: mask(err.Error())}
	if call, is := provision.CallErrorOf(err); is {
		u.Action, u.Missing, u.Text = call.Action, call.Missing, strings.TrimPrefix(mask(call.Error()), call.Action+": ")
	}
	if !slices.ContainsFunc(r.out.Unread, func(o scenarios.AuditUnread) bool { return o.Action == u.Action }) {
		r.out.Unread = append(r.out.Unread, u)
	}
	return false
}

// explained is an error with the call that failed.
func explained(err error) error {
	if call, is := provision.CallErrorOf(err); is {
		return call
	}
	return err
}

func codeOf(err error) string {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode()
	}
	return ""
}

var accountNumber = regexp.MustCompile(`\b[0-9]{12}\b`)

// mask hides account numbers, which no result has.
func mask(text string) string { return accountNumber.ReplaceAllString(text, "************") }
