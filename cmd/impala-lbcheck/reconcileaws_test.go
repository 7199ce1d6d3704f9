//go:build !noaws

package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A Classic load balancer's log is read from its bucket: the objects of the run's time, from
// all nodes, gzip too.
func TestReconcile_ReadsABucket(t *testing.T) {
	a := newTestAccount(t)
	began := time.Date(2026, 11, 28, 10, 0, 0, 0, time.UTC)
	var all []scenarios.Observation
	logs := map[string]*bytes.Buffer{"10.0.0.7": {}, "10.0.0.8": {}}
	for i := range 8 {
		node := []string{"10.0.0.7", "10.0.0.8"}[i%2]
		o := full()
		o.Seq, o.Outcome, o.Class, o.Refused = i, scenarios.OutcomeOK, scenarios.Class{}, false
		o.Began, o.Start, o.End = began.Add(time.Duration(i)*time.Second), time.Duration(i)*time.Second, time.Duration(i)*time.Second+20*time.Millisecond
		o.Node, o.Local = netip.MustParseAddrPort(node+":21050"), netip.MustParseAddrPort(fmt.Sprintf("10.1.2.3:%d", 40000+2*i))
		o.Who = scenarios.Identity{Coordinator: fmt.Sprintf("coord-%d:25000", i/2%2)}
		all = append(all, o)
		fmt.Fprintf(logs[node], "%s impala %s 10.0.1.%d:21050 0.000041 0.000023 0.000057 - - 675 7403 \"- - - \" \"-\" - -\n",
			o.Began.Add(time.Millisecond).Format("2006-01-02T15:04:05.000000Z"), o.Local, 1+i/2%2)
	}
	bucket := awssim.Bucket{Name: "elb-logs", Contents: map[string][]byte{}}
	add := func(key string, content []byte) {
		bucket.Objects, bucket.Contents[key] = append(bucket.Objects, key), content
	}
	const prefix = "impala/AWSLogs/" + awssim.Account + "/elasticloadbalancing/eu-west-1/2026/11/28/" + awssim.Account + "_elasticloadbalancing_eu-west-1_impala_"
	add(prefix+"20261128T1005Z_10.0.0.7_abc.log", logs["10.0.0.7"].Bytes())
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(logs["10.0.0.8"].Bytes()); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	add(prefix+"20261128T1005Z_10.0.0.8_abc.log.gz", packed.Bytes())
	add(prefix+"20261120T1005Z_10.0.0.8_abc.log", []byte("of another time, and no log at all\n"))
	a.AddBucket(bucket)
	file := written(t, "smoke.jsonl", all...)
	stdout, stderr, code := runAWS(t, "reconcile", file, "s3://elb-logs/impala/")
	for _, want := range []string{"Sessions: 8, of which 8 joined", "s3://elb-logs/impala/AWSLogs/ACCOUNT/", "PASS: 8 of 8 sessions joined"} {
		if code != exitPass || !strings.Contains(stdout, want) {
			t.Errorf("exit %d, no %q\n%s%s", code, want, stdout, stderr)
		}
	}
	if strings.Contains(stdout+stderr, awssim.Account) || a.Writes() > 0 {
		t.Errorf("it shows the account, or wrote %d times\n%s", a.Writes(), stdout)
	}
	for args, want := range map[string]string{
		"s3://elb-logs/other/": "s3://elb-logs/other/: no object there is of the time of the run",
		"s3://none/x":          "NoSuchBucket",
		"s3://UPPER/x":         "is no s3://BUCKET/PREFIX",
	} {
		if _, stderr, code := runAWS(t, "reconcile", file, args); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, %s", args, code, stderr)
		}
	}
}

// Each object is a log of its own, whatever digits its name has, and is read once where two
// prefixes hold it.
func TestReconcile_ReadsEachObjectOnce(t *testing.T) {
	a := newTestAccount(t)
	o := full()
	o.Seq, o.Outcome, o.Class, o.Refused = 0, scenarios.OutcomeOK, scenarios.Class{}, false
	line := func(at time.Time) []byte {
		return fmt.Appendf(nil, "%s impala %s 10.0.1.1:21050 0.000041 0.000023 0.000057 - - 675 7403 \"- - - \" \"-\" - -\n", at.Format("2006-01-02T15:04:05.000000Z"), o.Local)
	}
	bucket := awssim.Bucket{Name: "elb-logs", Contents: map[string][]byte{}, Modified: map[string]time.Time{}}
	for key, content := range map[string][]byte{
		"logs/elb-202611282355.log": line(o.Began.Add(-time.Hour)),
		"logs/elb-202611290000.log": line(o.Began.Add(time.Millisecond)),
	} {
		bucket.Objects = append(bucket.Objects, key)
		bucket.Contents[key], bucket.Modified[key] = content, o.Began
	}
	a.AddBucket(bucket)
	stdout, stderr, code := runAWS(t, "reconcile", written(t, "smoke.jsonl", o), "s3://elb-logs/logs/", "s3://elb-logs/logs/elb-202611290000", "--json")
	var r struct {
		Log      struct{ Files []struct{ Name string } }
		Sessions struct{ Joined int }
	}
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("exit %d: %v\n%s%s", code, err, stdout, stderr)
	}
	if len(r.Log.Files) != 2 || r.Sessions.Joined != 1 {
		t.Errorf("%d logs, %d sessions joined\n%s%s", len(r.Log.Files), r.Sessions.Joined, stdout, stderr)
	}
}

func TestReconcile_PrintsThePolicy(t *testing.T) {
	t.Setenv("AWS_REGION", "us-gov-west-1")
	for args, want := range map[string]string{
		"reconcile --iam-policy":                      `"arn:PARTITION:s3:::BUCKET/PREFIX*"`,
		"reconcile --iam-policy s3://elb-logs/a/b/":   `"arn:aws-us-gov:s3:::elb-logs/a/b/*"`,
		"reconcile s3://elb-logs/a/b/ --iam-policy=1": `"s3:ListBucket"`,
	} {
		stdout, stderr, code := runAWS(t, strings.Fields(args)...)
		if code != exitPass || !strings.Contains(stdout, want) || !json.Valid([]byte(stdout)) {
			t.Errorf("%s: exit %d\n%s%s", args, code, stdout, stderr)
		}
	}
}
