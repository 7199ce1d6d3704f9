package awssim

import (
	"encoding/json"
	"slices"
	"strings"
)

// logAccounts are the accounts from which the older regions write access logs
// (Classic Load Balancers guide, "Enable access logs").
var logAccounts = map[string]string{
	"us-east-1": "127311923021", "us-east-2": "033677994240", "us-west-1": "027434742980", "us-west-2": "797873946194",
	"ca-central-1": "985666609251", "eu-west-1": "156460612806", "eu-west-2": "652711504416", "eu-west-3": "009996457667",
	"eu-central-1": "054676820928", "eu-north-1": "897822967062", "eu-south-1": "635631232127", "ap-south-1": "718504428378",
	"ap-northeast-1": "582318560864", "ap-northeast-2": "600734575887", "ap-northeast-3": "383597477331",
	"ap-southeast-1": "114774131450", "ap-southeast-2": "783225319266", "ap-southeast-3": "589379963580",
	"ap-east-1": "754344448648", "sa-east-1": "507241528517", "me-south-1": "076674570225", "af-south-1": "098369216593",
}

// logService writes them in all other regions.
const logService = "logdelivery.elasticloadbalancing.amazonaws.com"

// stringOrList is a string or a list of strings; policies use both.
type stringOrList []string

func (w *stringOrList) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*w = stringOrList{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(w))
}

// principal is a principal: "*", or by kind.
type principal map[string]stringOrList

func (p *principal) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*p = principal{"AWS": stringOrList{one}}
		return nil
	}
	return json.Unmarshal(text, (*map[string]stringOrList)(p))
}

// bucketPolicy holds the supported parts of a policy.
type bucketPolicy struct{ Statement statements }

// statements is one or a list.
type statements []statement

func (s *statements) UnmarshalJSON(text []byte) error {
	if strings.HasPrefix(strings.TrimSpace(string(text)), "{") {
		*s = statements{{}}
		return json.Unmarshal(text, &(*s)[0])
	}
	return json.Unmarshal(text, (*[]statement)(s))
}

type statement struct {
	Effect    string
	Principal principal
	Action    stringOrList
	Resource  stringOrList
	Condition map[string]any
}

func (s statement) valid(bucket string) error {
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return refuse("MalformedPolicy", "Invalid effect: %s", s.Effect)
	case len(s.Principal) == 0:
		return refuse("MalformedPolicy", "Missing required field Principal")
	case len(s.Action) == 0 || len(s.Resource) == 0:
		return refuse("MalformedPolicy", "Missing required field Action or Resource")
	}
	for _, resource := range s.Resource {
		name, ok := strings.CutPrefix(resource, "arn:aws:s3:::")
		name, _, _ = strings.Cut(name, "/")
		if !ok || !wildcard(name, bucket) {
			return refuse("MalformedPolicy", "Policy has invalid resource")
		}
	}
	return nil
}

// public reports whether a statement allows every principal.
func (s statement) public() bool {
	return s.Effect == "Allow" && slices.Contains(s.Principal["AWS"], "*") && len(s.Condition) == 0
}

// startLog enables a balancer's access log: Elastic Load Balancing writes a test
// file first, so the bucket must exist and permit it.
func (r *region) startLog(lb *Balancer, log AccessLog) error {
	b := find(r.aws.buckets, func(b *Bucket) bool { return b.Name == log.Bucket })
	switch {
	case b == nil:
		return refuseAs(409, "InvalidConfigurationRequest", "S3Bucket: %s is not located in the same region as LB: %s, or is not there", log.Bucket, lb.Name)
	case b.Region != r.name:
		return refuseAs(409, "InvalidConfigurationRequest", "S3Bucket: %s is not located in the same region as LB: %s", log.Bucket, lb.Name)
	case strings.Contains(log.Prefix, "AWSLogs"):
		return refuse("ValidationError", "The S3 bucket prefix cannot contain 'AWSLogs'")
	}
	path := "AWSLogs/" + Account + "/"
	if log.Prefix != "" {
		path = log.Prefix + "/" + path
	}
	if b.KMS || b.unseenPolicy > 0 || !r.mayWriteLogs(b, path) {
		b.unseenPolicy = max(0, b.unseenPolicy-1)
		return refuseAs(409, "InvalidConfigurationRequest", "Access Denied for bucket: %s. Please check S3bucket permission", log.Bucket)
	}
	if file := path + "ELBAccessLogTestFile"; !slices.Contains(b.Objects, file) {
		b.Objects = append(b.Objects, file)
	}
	return nil
}

// mayWriteLogs evaluates the policy for the writer of access logs. A condition
// never holds in an Allow, and always in a Deny.
func (r *region) mayWriteLogs(b *Bucket, path string) bool {
	var p bucketPolicy
	if json.Unmarshal([]byte(b.Policy), &p) != nil {
		return false
	}
	allowed := false
	for _, s := range p.Statement {
		if !s.covers(r.name, b.Name, path) {
			continue
		}
		if s.Effect == "Deny" {
			return false
		}
		allowed = allowed || len(s.Condition) == 0
	}
	return allowed
}

// covers checks the test file and a log, which is in a subfolder.
func (s statement) covers(region, bucket, path string) bool {
	if !s.Principal.writesLogs(region) || !anyFold(s.Action, "s3:PutObject") {
		return false
	}
	for _, file := range []string{"ELBAccessLogTestFile", "elasticloadbalancing/" + region + "/2000/01/01/a.log"} {
		if !anyMatches(s.Resource, "arn:aws:s3:::"+bucket+"/"+path+file) {
			return false
		}
	}
	return true
}

func (p principal) writesLogs(region string) bool {
	account, old := logAccounts[region]
	if !old {
		return slices.Contains(p["Service"], logService)
	}
	return slices.Contains(p["AWS"], account) || slices.Contains(p["AWS"], "arn:aws:iam::"+account+":root")
}

// anyFold matches IAM actions, which are case-insensitive.
func anyFold(patterns []string, action string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return wildcard(strings.ToLower(p), strings.ToLower(action)) })
}
