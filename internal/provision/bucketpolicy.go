package provision

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// logAccounts are the accounts of Elastic Load Balancing that write access logs
// in regions from before August 2022; later ones have a service principal
// (Elastic Load Balancing, "Enable access logs for your Classic Load Balancer").
var logAccounts = map[string]string{
	"us-east-1": "127311923021", "us-east-2": "033677994240", "us-west-1": "027434742980", "us-west-2": "797873946194",
	"ca-central-1": "985666609251", "eu-west-1": "156460612806", "eu-west-2": "652711504416", "eu-west-3": "009996457667",
	"eu-central-1": "054676820928", "eu-north-1": "897822967062", "eu-south-1": "635631232127",
	"ap-south-1": "718504428378", "ap-northeast-1": "582318560864", "ap-northeast-2": "600734575887", "ap-northeast-3": "383597477331",
	"ap-southeast-1": "114774131450", "ap-southeast-2": "783225319266", "ap-southeast-3": "589379963580", "ap-east-1": "754344448648",
	"sa-east-1": "507241528517", "me-south-1": "076674570225", "af-south-1": "098369216593",
	"us-gov-west-1": "048591011584", "us-gov-east-1": "190560391635", "cn-north-1": "638102146993", "cn-northwest-1": "037604701340",
}

// classicLogStatement allows Elastic Load Balancing to write into the folder of the
// balancer's logs only. Its Sid is unique to this owner.
func (s *state) classicLogStatement() map[string]any {
	principal := map[string]any{"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
	if account, ok := logAccounts[s.cloud.Region]; ok {
		principal = map[string]any{"AWS": fmt.Sprintf("arn:%s:iam::%s:root", s.identity.partition, account)}
	}
	return map[string]any{
		"Sid":       s.logSid(),
		"Effect":    "Allow",
		"Principal": principal,
		"Action":    "s3:PutObject",
		"Resource":  fmt.Sprintf("arn:%s:s3:::%s/%s*", s.identity.partition, s.spec.AccessLogs.Bucket, s.logFolder()),
	}
}

func (s *state) logSid() string {
	return fmt.Sprintf("ImpalaLbcheck%x", sha256.Sum256([]byte(s.identity.owner)))[:len("ImpalaLbcheck")+12]
}

// logFolder is the bucket's folder for the account's logs.
func (s *state) logFolder() string {
	folder := "AWSLogs/" + s.identity.account + "/"
	if p := s.spec.AccessLogs.Prefix; p != "" {
		folder = p + "/" + folder
	}
	return folder
}

// testFileKey is the key of the test file.
func (s *state) testFileKey() string { return s.logFolder() + "ELBAccessLogTestFile" }

// policyVersion is the current version of the policy language.
const policyVersion = "2012-10-17"

// splitPolicy parses a policy; "" has no statements.
func splitPolicy(policy string) (whole map[string]any, statements []any, err error) {
	whole = map[string]any{"Version": policyVersion}
	if policy != "" {
		if err := json.Unmarshal([]byte(policy), &whole); err != nil {
			return nil, nil, err
		}
	}
	switch v := whole["Statement"].(type) {
	case []any:
		statements = v
	case map[string]any: // a single statement may be written without a list
		statements = []any{v}
	}
	return whole, statements, nil
}

func sidOf(statement any) string {
	m, _ := statement.(map[string]any)
	sid, _ := m["Sid"].(string)
	return sid
}

func hasStatements(policy string, want []map[string]any) (bool, error) {
	_, statements, err := splitPolicy(policy)
	for _, w := range want {
		i := slices.IndexFunc(statements, func(have any) bool { return sidOf(have) == sidOf(w) })
		if i < 0 || !reflect.DeepEqual(statements[i], any(w)) {
			return false, err
		}
	}
	return true, err
}

// mergeStatements replaces the statements with the same Sids, and keeps all others.
func mergeStatements(policy string, want []map[string]any) (string, error) {
	whole, statements, err := splitPolicy(policy)
	if err != nil {
		return "", err
	}
	kept := without(statements, sidsOf(want))
	for _, w := range want {
		kept = append(kept, w)
	}
	whole["Statement"] = kept
	whole["Version"] = cmp.Or(whole["Version"], any(policyVersion))
	merged, err := json.Marshal(whole)
	return string(merged), err
}

func sidsOf(statements []map[string]any) []string {
	return mapSlice(statements, func(m map[string]any) string { return sidOf(m) })
}

// removeStatements returns a policy without the statements of those Sids; "" if no
// statement is left.
func removeStatements(policy string, sids []string) (rest string, had bool, err error) {
	whole, statements, err := splitPolicy(policy)
	if err != nil {
		return "", false, err
	}
	kept := without(statements, sids)
	if len(kept) == len(statements) {
		return policy, false, nil
	}
	if len(kept) == 0 {
		return "", true, nil
	}
	whole["Statement"] = kept
	raw, err := json.Marshal(whole)
	return string(raw), true, err
}

func without(statements []any, sids []string) []any {
	kept := []any{}
	for _, have := range statements {
		if !slices.Contains(sids, sidOf(have)) {
			kept = append(kept, have)
		}
	}
	return kept
}
