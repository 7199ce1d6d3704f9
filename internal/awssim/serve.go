package awssim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxBody bounds a request's body in bytes.
const maxBody = 1 << 20

// scope is the scope of a signature. Signatures are not checked.
type scope struct{ region, service string }

// scopeOf reads the credential scope, KEY/DATE/REGION/SERVICE/aws4_request.
func scopeOf(r *http.Request) (scope, bool) {
	_, rest, found := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	credential, _, _ := strings.Cut(rest, ",")
	parts := strings.Split(credential, "/")
	if !found || len(parts) != 5 || parts[4] != "aws4_request" {
		return scope{}, false
	}
	return scope{region: parts[2], service: parts[3]}, true
}

// dialect is a service's protocol.
type dialect interface {
	// answer executes a request and writes the response.
	answer(a *AWS, s scope, r *http.Request, body []byte, w http.ResponseWriter)
}

// dialects are the services that are simulated, as signatures name them.
var dialects = map[string]dialect{
	"ec2": queryDialect{service: "ec2", version: "2016-11-15", infix: ".", operations: ec2Operations, succeed: ec2Success, fail: ec2Failure},
	"elasticloadbalancing": elbDialect{
		queryDialect{service: "elasticloadbalancing", version: "2012-06-01", infix: ".member.", operations: elbOperations, succeed: elbSuccess, fail: queryFailure},
		queryDialect{service: "elasticloadbalancing", version: "2015-12-01", infix: ".member.", operations: elbv2Operations, succeed: elbv2Success, fail: queryFailure},
	},
	"sts":           queryDialect{service: "sts", version: "2011-06-15", infix: ".member.", operations: stsOperations, succeed: stsSuccess, fail: queryFailure},
	"iam":           queryDialect{service: "iam", version: "2010-05-08", infix: ".member.", operations: iamOperations, succeed: iamSuccess, fail: queryFailure},
	"acm":           jsonDialect{service: "acm", target: "CertificateManager.", operations: acmOperations},
	"servicequotas": jsonDialect{service: "servicequotas", target: "ServiceQuotasV20190624.", operations: quotaOperations},
	"s3":            s3Dialect{},
}

func (a *AWS) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "unreadable body", http.StatusBadRequest)
		return
	}
	s, signed := scopeOf(r)
	d, known := dialects[s.service]
	if !signed || !known {
		http.Error(w, "not signed for a service that is simulated", http.StatusForbidden)
		return
	}
	d.answer(a, s, r, body, w)
}

// asServiceError converts an error; every answer is a ServiceError.
func asServiceError(err error) *ServiceError {
	var e *ServiceError
	if errors.As(err, &e) {
		return e
	}
	return refuseAs(500, "InternalFailure", "%s", err)
}

// queryDialect is AWS's query protocol, in the two forms it has.
type queryDialect struct {
	service, version, infix string
	operations              map[string]operation
	succeed                 func(action string, answer any) []byte
	fail                    func(*ServiceError) []byte
}

func (d queryDialect) answer(a *AWS, s scope, _ *http.Request, body []byte, w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	values, err := url.ParseQuery(string(body))
	if err != nil {
		d.refuse(w, refuse("MalformedQueryString", "%s", err))
		return
	}
	action := values.Get("Action")
	op, known := d.operations[action]
	if !known || values.Get("Version") != d.version {
		d.refuse(w, refuse("InvalidAction", "The action %s is not valid for this web service, or is not simulated.", action))
		return
	}
	f := &form{values: values, infix: d.infix}
	answer, err := a.call(Call{Service: d.service, Name: action, Region: s.region, Params: f.params()}, op, f.decode)
	if err != nil {
		d.refuse(w, asServiceError(err))
		return
	}
	_, _ = w.Write(d.succeed(action, answer))
}

func (d queryDialect) refuse(w http.ResponseWriter, e *ServiceError) {
	w.WriteHeader(e.Status)
	_, _ = w.Write(d.fail(e))
}

// jsonDialect is AWS's JSON 1.1, with the operation in a header after the target.
type jsonDialect struct {
	service, target string
	operations      map[string]operation
}

func (d jsonDialect) answer(a *AWS, s scope, r *http.Request, body []byte, w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	action := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), d.target)
	op, known := d.operations[action]
	if !known {
		refuseJSON(w, refuse("UnknownOperationException", "%s is not known, or is not simulated", action))
		return
	}
	answer, err := a.call(Call{Service: d.service, Name: action, Region: s.region, Params: jsonParams(body)}, op, func(into any) error {
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			return notSimulated(fmt.Sprintf("this request (%s)", err))
		}
		return nil
	})
	if err != nil {
		refuseJSON(w, asServiceError(err))
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func jsonParams(body []byte) map[string]string {
	var raw map[string]json.RawMessage
	out := map[string]string{}
	if json.Unmarshal(body, &raw) == nil {
		for key, value := range raw {
			out[key] = string(value)
		}
	}
	return out
}

func refuseJSON(w http.ResponseWriter, e *ServiceError) {
	w.Header().Set("X-Amzn-ErrorType", e.Code)
	w.WriteHeader(e.Status)
	_ = json.NewEncoder(w).Encode(map[string]string{"__type": e.Code, "message": e.Message})
}
