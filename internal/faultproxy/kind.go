package faultproxy

import (
	"fmt"
	"net/http"
)

// Kind is a kind of failure.
type Kind int

// The kinds. The first five are answered by the proxy alone.
const (
	Throttled   Kind = iota + 1 // too many calls: the SDK tries again
	Internal                    // 500
	Unavailable                 // 503
	Denied                      // no permission
	Expired                     // the credentials are no longer valid
	CutBefore                   // the connection is closed before the target gets the call
	CutAfter                    // the target gets the call, and its answer is dropped
	Hung                        // the target does not get the call, and nothing is answered until the client gives up
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{Throttled, Internal, Unavailable, Denied, Expired, CutBefore, CutAfter, Hung}
}

func (k Kind) String() string {
	names := map[Kind]string{
		Throttled: "throttled", Internal: "internal", Unavailable: "unavailable",
		Denied: "denied", Expired: "expired",
		CutBefore: "cut before", CutAfter: "cut after", Hung: "hung",
	}
	if name, ok := names[k]; ok {
		return name
	}
	return fmt.Sprintf("kind %d", int(k))
}

// refusal is a service's error code for a kind.
type refusal struct {
	code   string
	status int
}

// refusals are the codes of the services' API references.
var refusals = map[Kind]map[string]refusal{
	Throttled: {
		"ec2": {"RequestLimitExceeded", 503}, "elasticloadbalancing": {"Throttling", 400}, "sts": {"Throttling", 400},
		"acm": {"ThrottlingException", 400}, "servicequotas": {"TooManyRequestsException", 400}, "s3": {"SlowDown", 503},
	},
	Internal: {
		"ec2": {"InternalError", 500}, "elasticloadbalancing": {"InternalFailure", 500}, "sts": {"InternalFailure", 500},
		"acm": {"InternalServerException", 500}, "servicequotas": {"ServiceException", 500}, "s3": {"InternalError", 500},
	},
	Unavailable: {
		"ec2": {"Unavailable", 503}, "elasticloadbalancing": {"ServiceUnavailable", 503}, "sts": {"ServiceUnavailable", 503},
		"acm": {"ServiceUnavailable", 503}, "servicequotas": {"ServiceUnavailable", 503}, "s3": {"ServiceUnavailable", 503},
	},
	Expired: {
		"ec2": {"RequestExpired", 400}, "elasticloadbalancing": {"ExpiredToken", 403}, "sts": {"ExpiredToken", 403},
		"acm": {"ExpiredTokenException", 400}, "servicequotas": {"ExpiredTokenException", 400}, "s3": {"ExpiredToken", 400},
	},
	Denied: {
		"ec2": {"UnauthorizedOperation", 403}, "elasticloadbalancing": {"AccessDenied", 403}, "sts": {"AccessDenied", 403},
		"acm": {"AccessDeniedException", 400}, "servicequotas": {"AccessDeniedException", 400}, "s3": {"AccessDenied", 403},
	},
}

// answer refuses a call with its service's error document.
func (k Kind) answer(w http.ResponseWriter, c call) {
	r, known := refusals[k][c.service]
	if !known {
		http.Error(w, "fault proxy: the service "+c.service+" is not known", http.StatusNotImplemented)
		return
	}
	text := fmt.Sprintf("%s, by the fault proxy", k)
	if c.service == "acm" || c.service == "servicequotas" {
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("X-Amzn-ErrorType", r.code)
	} else {
		w.Header().Set("Content-Type", "text/xml")
	}
	w.WriteHeader(r.status)
	fmt.Fprintf(w, errorBodies[c.service], r.code, text) // to a HEAD net/http writes no body
}

// errorBodies are the services' error documents, for a code and a message.
var errorBodies = map[string]string{
	"ec2":                  "<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>fault</RequestID></Response>",
	"elasticloadbalancing": queryErrorBody,
	"sts":                  queryErrorBody,
	"s3":                   "<Error><Code>%s</Code><Message>%s</Message></Error>",
	"acm":                  jsonErrorBody,
	"servicequotas":        jsonErrorBody,
}

const jsonErrorBody = `{"__type":"%s","message":"%s"}`

const queryErrorBody = "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>fault</RequestId></ErrorResponse>"
