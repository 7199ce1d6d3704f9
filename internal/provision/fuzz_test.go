package provision

import (
	"strings"
	"testing"
)

// FuzzAnswer reads arbitrary bytes as the answer to a call: what is taken for whole has the
// root, or the member, that an answer to that call has, its entries are counted within
// bounds, and a refusal names what was wrong in a line.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []struct{ service, operation, body string }{
		{"EC2", "DescribeVpcs", "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>"},
		{"EC2", "DescribeVpcs", "<html><body>Sign in</body></html>"},
		{"Elastic Load Balancing", "DescribeTags", `<?xml version="1.0"?><DescribeTagsResponse xmlns="x"><DescribeTagsResult/></DescribeTagsResponse>`},
		{"S3", "ListObjectsV2", "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>"},
		{"S3", "GetBucketPolicy", `{"Version":"2012-10-17","Statement":[]}`},
		{"S3", "PutBucketPolicy", ""},
		{"ACM", "ListCertificates", `{"CertificateSummaryList":[{},{}],"NextToken":"a"}`},
		{"ACM", "DeleteCertificate", ""},
		{"ACM", "ListCertificates", `[{"CertificateSummaryList":[]}]`},
		{"Service Quotas", "GetServiceQuota", `{"Quota":{"Value":1e400}}`},
		{"imds", "GetToken", "token"},
	} {
		f.Add(seed.service, seed.operation, true, []byte(seed.body))
		f.Add(seed.service, seed.operation, false, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, service, operation string, done bool, body []byte) {
		const most = 100
		entries, err := answered{service, operation, done}.check(body, most)
		if entries < 0 || entries > most+1 {
			t.Fatalf("%d entries", entries)
		}
		if err != nil {
			if text := shown(err.Error()); len(text) > maxCause+10 || strings.ContainsAny(text, "\n\x1b") {
				t.Errorf("an error of %d bytes: %.200q", len(text), text)
			}
			return
		}
		root := s3Roots[operation]
		if service == "EC2" {
			root = operation + "Response"
		}
		if known := service == "EC2" || service == "S3" && root != ""; known && done && entries <= most && !strings.Contains(string(body), "<") {
			t.Errorf("%q was taken for <%s>", body, root)
		}
		if member := jsonMembers[operation]; service == "ACM" && member != "" && done && entries <= most && !strings.Contains(string(body), "{") {
			t.Errorf("%q was taken for an object with %s", body, member)
		}
	})
}
