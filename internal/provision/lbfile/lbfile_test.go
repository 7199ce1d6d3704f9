package lbfile

import (
	"strings"
	"testing"
)

func TestInit_PrintsValidFiles(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"the page to start from":             Init(ClassicPage, ""),
		"the page with a name":               Init(ClassicPage, "Blue"),
		"the recipe with a name":             Init(RecipePage, "Blue"),
		"the page without a line of comment": uncommented(Init(ClassicPage, "")),
		"the network page":                   Init(NetworkPage, "Blue"),
		"the network page without comments":  uncommented(Init(NetworkPage, "")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Parse("lb.yaml", []byte(src)); err != nil {
				t.Errorf("%v\n%s", err, src)
			}
		})
	}
}

func TestInit_RecipeKeepsItsParameters(t *testing.T) {
	t.Parallel()
	s, err := Parse("lb.yaml", []byte(Init(RecipePage, "Blue")))
	if err != nil {
		t.Fatal(err)
	}
	if s.IdleTimeout.Seconds() != 3600 || s.AccessLogs.Every.Seconds() != 3600 || s.Draining != 0 || s.CrossZone {
		t.Errorf("times = %s %s %s, cross-zone %v", s.IdleTimeout, s.AccessLogs.Every, s.Draining, s.CrossZone)
	}
	h := s.HealthCheck
	if h.Target != "TCP:21000" || h.Interval.Seconds() != 30 || h.Timeout.Seconds() != 5 || h.Unhealthy != 2 || h.Healthy != 5 {
		t.Errorf("health check = %+v", h)
	}
	if s.Balancer() != "elb-impala-Blue" || s.FrontGroup() != "Blue Impala FE" || s.AccessLogs.Bucket != "blue-logs" || s.TLS.Domain != "impala.blue.example.com" {
		t.Errorf("names = %q, %q, %q, %q", s.Balancer(), s.FrontGroup(), s.AccessLogs.Bucket, s.TLS.Domain)
	}
}

func uncommented(src string) string {
	var out []string
	for line := range strings.Lines(src) {
		if text, _, _ := strings.Cut(line, " #"); !strings.HasPrefix(strings.TrimSpace(line), "#") {
			out = append(out, strings.TrimRight(text, "\n"))
		}
	}
	return strings.Join(out, "\n")
}

const good = `
cluster: blue
network: {vpc: {ids: [vpc-0123abcd]}, subnets: {ids: [subnet-0123abcd]}}
coordinators: {ids: [i-0123abcd]}
clients: [10.0.0.0/8]
`

func TestValidate_RefusesWhatAWSRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ with, says string }{
		"a cluster with a blank":                     {"cluster: my cluster", "lb.yaml:6:10: cluster"},
		"a cluster of 22 letters":                    {"cluster: abcdefghijklmnopqrstuv", "21 remain"},
		"an unknown key":                             {"listener: [21050]", `did you mean listeners?`},
		"another kind":                               {"kind: nlb", "expected classic or network"},
		"every address in two halves":                {"clients: [0.0.0.0/1, 128.0.0.0/1]", `"anywhere: true"`},
		"every address but a few":                    {"clients: [0.0.0.0/1, 128.0.0.0/2, 192.0.0.0/3]", `"anywhere: true"`},
		"every address of IPv6 in two halves":        {"clients: [\"::/1\", \"8000::/1\"]", `"anywhere: true"`},
		"a wildcard in a tag":                        {"coordinators: {tags: {env: prod*}}", "is a wildcard"},
		"every address":                              {"clients: [0.0.0.0/0]", `"anywhere: true"`},
		"a network with a typing error":              {"clients: [10.0.0.0/33]", "clients"},
		"an idle timeout of an hour and ten minutes": {"idle_timeout: 4200s", "1s to 4000s"},
		"an idle timeout of half a second":           {"idle_timeout: 500ms", "whole seconds"},
		"draining for two hours":                     {"draining: 2h", "1s to 3600s"},
		"a health check every second":                {"health_check: {interval: 1s}", "5s to 300s"},
		"a health check as long as its interval":     {"health_check: {interval: 5s, timeout: 5s}", "must be less than"},
		"one success to be healthy":                  {"health_check: {healthy: 1}", "2 to 10"},
		"a web target without a path":                {"health_check: {target: \"HTTP:25000\"}", "needs a path"},
		"a TCP target with a path":                   {"health_check: {target: \"TCP:21050/x\"}", "have a path"},
		"a target without a port":                    {"health_check: {target: TCP}", "invalid target"},
		"a duplicate listener":                       {"listeners: [21050, 21050]", "duplicate port"},
		"a bucket in capitals":                       {"access_logs: {bucket: Logs}", "invalid bucket name"},
		"logs every ten minutes":                     {"access_logs: {bucket: logs-1, every: 10m}", "5m or 60m"},
		"to create what is not managed":              {"access_logs: {bucket: logs-1, create: true, manage: false}", "excludes create and adopt"},
		"a prefix with AWSLogs":                      {"access_logs: {bucket: logs-1, prefix: a/AWSLogs}", "AWS adds AWSLogs itself"},
		"a certificate for the balancer's own name":  {"tls: {domain: x.eu-west-1.elb.amazonaws.com}", "belongs to Amazon"},
		"a wildcard without a host":                  {"tls: {domain: \"*.example.com\"}", "clients need one name, such as impala.example.com"},
		"a host that is not covered":                 {"tls: {domain: \"*.example.com\", host: a.b.example.com}", "is not covered"},
		"a host that is a wildcard":                  {"tls: {domain: \"*.example.com\", host: \"*.example.com\"}", "invalid name"},
		"neither domain nor certificate":             {"tls: {backend: tls}", "set either domain"},
		"an unknown policy":                          {"tls: {domain: a.example.com, policy: ELBSecurityPolicy-TLS13-1-2-2021-06}", "expected one of"},
		"ids and tags":                               {"coordinators: {ids: [i-0123abcd], tags: {a: b}}", "exclude each other"},
		"an instance by its address":                 {"coordinators: {ids: [10.0.0.1]}", "expected one such as i-0123abcd"},
		"a tag of AWS":                               {"tags: {\"aws:x\": y}", "reserved by AWS"},
		"nine tags":                                  {"tags: {a: b, c: d, e: f, g: h, i: j, k: l, m: n, o: p, q: r}", "at most 10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			key, _, _ := strings.Cut(tc.with, ":")
			var kept []string
			for line := range strings.Lines(good) {
				if !strings.HasPrefix(line, key+":") {
					kept = append(kept, line)
				}
			}
			_, err := Parse("lb.yaml", []byte(strings.Join(kept, "")+"\n"+tc.with+"\n"))
			if err == nil || !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v, want one line that says %q", err, tc.says)
			}
		})
	}
}

func TestParse_MasksNetworks(t *testing.T) {
	t.Parallel()
	s, err := Parse("lb.yaml", []byte(strings.Replace(good, "10.0.0.0/8", "100.68.0.18/18", 1)))
	if err != nil || s.Clients[0].String() != "100.68.0.0/18" {
		t.Errorf("clients = %v, %v", s.Clients, err)
	}
}

func TestParse_TakesEqualNetworksOnce(t *testing.T) {
	t.Parallel()
	s, err := Parse("lb.yaml", []byte(strings.Replace(good, "10.0.0.0/8", "10.0.0.1/8, 10.2.0.0/8, 172.16.0.0/12", 1)))
	if err != nil || len(s.Clients) != 2 {
		t.Errorf("clients = %v, %v", s.Clients, err)
	}
}

func TestParse_TakesEveryRegion(t *testing.T) {
	t.Parallel()
	for _, region := range []string{"eu-west-1", "us-gov-west-1", "cn-northwest-1", "eusc-de-east-1", "us-isob-east-1"} {
		if _, err := Parse("lb.yaml", []byte(good+"region: "+region+"\n")); err != nil {
			t.Errorf("%s: %v", region, err)
		}
	}
	if _, err := Parse("lb.yaml", []byte(good+"region: Ireland\n")); err == nil {
		t.Error("a region by its place's name is taken")
	}
}

func TestPorts_IncludeTheHealthCheck(t *testing.T) {
	t.Parallel()
	s, err := Parse("lb.yaml", []byte(good+"health_check: {target: \"HTTP:25000/healthz\"}\n"))
	if err != nil || len(s.Ports()) != 2 || s.Ports()[1] != 25000 {
		t.Errorf("ports = %v, %v", s.Ports(), err)
	}
}
