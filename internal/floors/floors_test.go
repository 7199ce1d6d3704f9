package floors

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/impala-lbcheck/impala-lbcheck"
	root   = "../.."
)

// may lists what each package may import of this module. Only cmd knows its
// neighbours: a measuring room does not know the judging one, a rendering one
// knows the vocabulary alone.
var may = floorsOf(`
cmd/impala-lbcheck: internal/doctor internal/exporter internal/httpserve hs2client internal/keytab internal/krb5conf internal/simkdc lbcheck scenarios scenarios/run scenarios/run/limits scenarios/judge report internal/mask internal/simcluster internal/audit internal/impalaweb internal/provision internal/provision/lbfile internal/localfile internal/shellcmd internal/strictyaml internal/schema vocab cmd/impala-lbcheck/internal/flags cmd/impala-lbcheck/internal/live cmd/impala-lbcheck/internal/livepage cmd/impala-lbcheck/internal/manpage cmd/impala-lbcheck/internal/provisiontext cmd/impala-lbcheck/internal/size scenarios/threshold scenarios/merge scenarios/compare internal/jsonstream cmd/impala-lbcheck/internal/comparetext cmd/impala-lbcheck/internal/jobs cmd/impala-lbcheck/internal/reconciletext internal/reconcile internal/balancerlog internal/s3log scenarios/account internal/grace
cmd/impala-lbcheck/internal/livepage: internal/httpserve
cmd/impala-lbcheck/internal/jobs:
cmd/impala-lbcheck/internal/comparetext: report scenarios scenarios/compare vocab
cmd/impala-lbcheck/internal/reconciletext: report scenarios internal/reconcile internal/balancerlog
cmd/impala-lbcheck/internal/live: report scenarios scenarios/run
cmd/impala-lbcheck/internal/size: scenarios scenarios/sizing
cmd/impala-lbcheck/internal/provisiontext: internal/provision
cmd/impala-lbcheck/internal/manpage: cmd/impala-lbcheck/internal/flags
cmd/impala-lbcheck/internal/flags: scenarios vocab internal/usertext
lbcheck: hs2client scenarios scenarios/judge scenarios/run scenarios/run/limits vocab internal/impalaweb internal/mask scenarios/threshold internal/grace
report: scenarios vocab internal/stats
scenarios/run: scenarios scenarios/judge vocab scenarios/run/limits scenarios/run/internal/handoff scenarios/run/internal/host scenarios/run/internal/nodes scenarios/run/internal/pace scenarios/run/internal/record scenarios/run/internal/watchstate scenarios/threshold scenarios/internal/budget scenarios/internal/deal scenarios/internal/phrase internal/stopped
scenarios/run/limits: scenarios vocab scenarios/run/internal/host scenarios/run/internal/pace scenarios/internal/budget scenarios/internal/phrase
scenarios/run/internal/watchstate: scenarios scenarios/run/internal/record
scenarios/run/internal/record: scenarios vocab
scenarios/run/internal/nodes: scenarios vocab
scenarios/run/internal/pace: scenarios
scenarios/run/internal/host:
scenarios/run/internal/handoff:
scenarios/merge: scenarios scenarios/judge vocab
scenarios/compare: scenarios internal/stats scenarios/internal/generator scenarios/internal/phrase
scenarios/account: scenarios scenarios/internal/awscheck scenarios/internal/batch scenarios/internal/phrase
scenarios/judge: scenarios scenarios/compare vocab internal/stats scenarios/account scenarios/internal/cause scenarios/sizing scenarios/threshold scenarios/internal/awscheck scenarios/internal/balance scenarios/internal/batch scenarios/internal/budget scenarios/internal/dn scenarios/internal/generator scenarios/internal/phrase
scenarios: vocab scenarios/internal/dn internal/strictyaml internal/usertext internal/enum scenarios/internal/hdr scenarios/internal/exactjson scenarios/internal/bounds
scenarios/internal/hdr:
scenarios/internal/exactjson:
scenarios/internal/bounds:
vocab: internal/enum
scenarios/threshold: scenarios scenarios/internal/batch scenarios/internal/budget scenarios/internal/generator scenarios/internal/phrase
scenarios/sizing: scenarios internal/stats
scenarios/internal/balance: scenarios scenarios/internal/batch scenarios/internal/budget scenarios/internal/phrase internal/stats
scenarios/internal/awscheck: internal/netset scenarios scenarios/internal/phrase
scenarios/internal/generator: scenarios scenarios/internal/batch scenarios/internal/budget scenarios/internal/phrase vocab
scenarios/internal/batch: scenarios scenarios/internal/phrase internal/stats
scenarios/internal/cause: scenarios scenarios/internal/batch scenarios/internal/phrase internal/stats vocab
scenarios/internal/budget: scenarios internal/stats
scenarios/internal/phrase: scenarios vocab
scenarios/internal/dn: internal/usertext
scenarios/internal/judgetest: scenarios vocab internal/golden
scenarios/internal/deal:
scenarios/internal/balancesim: scenarios scenarios/internal/budget scenarios/internal/deal scenarios/internal/judgetest
hs2client: vocab hs2client/internal/wire hs2client/internal/httpwire hs2client/internal/kdc internal/gss internal/keytab internal/krb5conf internal/krbmsg internal/thriftgen/hs2 internal/thriftgen/beeswax internal/stopped
hs2client/internal/kdc: vocab internal/gss internal/keytab internal/krb5conf internal/krbmsg
hs2client/internal/httpwire: vocab hs2client/internal/wire
hs2client/internal/wire: vocab internal/thriftgen/hs2 internal/saslframe internal/gss
internal/simcluster: internal/thriftgen/hs2 internal/thriftgen/beeswax internal/saslframe internal/gss internal/keytab internal/certs internal/usertext
internal/provision: internal/provision/lbfile
internal/s3log: internal/provision
internal/audit: internal/impalaweb internal/provision scenarios
internal/provision/lbfile: internal/netset internal/strictyaml internal/usertext
internal/netset:
internal/strictyaml: internal/usertext
internal/usertext:
internal/enum:
internal/impalaweb:
internal/saslframe:
internal/keytab:
internal/krbmsg:
internal/gss: internal/keytab internal/krbmsg
internal/krb5conf:
internal/simkdc: internal/gss internal/keytab internal/krbmsg
internal/certs:
internal/stats:
internal/golden:
internal/debian:
internal/httpserve:
internal/exporter: internal/stats internal/strictyaml internal/usertext lbcheck report scenarios
internal/doctor: hs2client internal/usertext lbcheck report scenarios scenarios/judge scenarios/run vocab
internal/reconcile: internal/balancerlog internal/stats scenarios
internal/balancerlog:
internal/mask:
internal/vocabtest: vocab
internal/peertest:
internal/soak:
internal/awssim:
internal/faultproxy:
internal/localfile:
internal/grace:
internal/stopped:
internal/jsonstream:
internal/schema: scenarios
internal/schema/schematest:
internal/shellcmd:
internal/floors:
internal/thriftgen/hs2:
internal/thriftgen/beeswax:
interop: internal/certs internal/debian internal/simkdc
`)

// floorsOf reads the table: a package, a colon, and what it may import.
func floorsOf(table string) map[string][]string {
	may := map[string][]string{}
	for row := range strings.Lines(strings.TrimSpace(table)) {
		name, imports, _ := strings.Cut(row, ":")
		may[name] = strings.Fields(imports)
	}
	return may
}

// pkg is what `go list -json` says of a package, as far as we ask.
type pkg struct {
	ImportPath string
	Name       string
	Imports    []string
	Export     string // file of export data, under -export
	Module     *struct{ Path, Dir string }
}

// name is the package's path within the module.
func (p pkg) name() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

func TestImports_PointDown(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		name := p.name()
		allowed, known := may[name]
		if !known {
			t.Errorf("package %s stands on no floor: give it a line in floors_test.go and a room in docs/DESIGN.md", name)
			continue
		}
		for _, imported := range p.Imports {
			sibling, ours := strings.CutPrefix(imported, module+"/")
			if ours && !slices.Contains(allowed, sibling) {
				t.Errorf("%s imports %s, which is not below it", name, sibling)
			}
		}
	}
}

func TestFloors_Exist(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	for _, p := range list(t) {
		have[p.name()] = true
	}
	for _, name := range slices.Sorted(maps.Keys(may)) {
		if !have[name] {
			t.Errorf("the table names %s, and there is no such package", name)
		}
	}
}

func list(t *testing.T) []pkg {
	t.Helper()
	dependOnSources(t)
	return listIn(t, ".", module+"/...")
}

// listIn runs `go list` in dir.
func listIn(t *testing.T, dir string, args ...string) []pkg {
	t.Helper()
	args = append([]string{"list", "-json=ImportPath,Name,Imports,Export,Module"}, args...)
	cmd := exec.CommandContext(t.Context(), "go", args...)
	var stderr strings.Builder
	cmd.Dir, cmd.Stderr = dir, &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			return pkgs
		} else if err != nil {
			t.Fatalf("go list's answer: %v", err)
		}
		pkgs = append(pkgs, p)
	}
}

// dependOnSources looks at every Go file. `go test` sees what a test itself looks
// at and not what the `go list` that it runs reads: without this, a cached pass
// would outlive any change of another package.
func dependOnSources(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != root:
			return fs.SkipDir
		case filepath.Ext(path) != ".go":
			return nil
		}
		_, err = os.Stat(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Findings and verdicts come from the judges alone: who measures has no opinion.
func TestJudging_IsInJudgeAlone(t *testing.T) {
	t.Parallel()
	for _, room := range []string{"scenarios/run", "lbcheck", "cmd/impala-lbcheck"} {
		read := 0
		err := filepath.WalkDir(filepath.Join(root, room), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			read++
			src, err := os.ReadFile(name)
			for _, found := range judging.FindAllString(string(src), -1) {
				t.Errorf("%s has %q, which is for scenarios/judge", name, found)
			}
			return err
		})
		if err != nil || read == 0 {
			t.Errorf("%s: %d files, %v", room, read, err)
		}
	}
}

// judging is what makes a finding or a verdict.
var judging = regexp.MustCompile(`\bFinding\{\{?|\bVerdictOf\(|\b(Verdict|Findings|Status)\s*=[^=].*`)

func TestJudging_IsRecognised(t *testing.T) {
	t.Parallel()
	for _, src := range []string{"scenarios.Finding{ID: id}", "out.Verdict = worst(out.Findings)", "[]scenarios.Finding{{}}", "r.Findings = append(r.Findings, f)", "f.Status = scenarios.StatusPass", "scenarios.VerdictOf(fs)"} {
		if !judging.MatchString(src) {
			t.Errorf("%q is not seen", src)
		}
	}
	for _, src := range []string{"if r.Verdict == scenarios.StatusPass {", "var out []scenarios.Finding\n", "f.Status == s && f.Fix", "switch r.Verdict {"} {
		if judging.MatchString(src) {
			t.Errorf("%q is seen", src)
		}
	}
}

// A program that executes a template keeps every exported method of every type, for a
// template may name any: with AWS's SDK, 67 MB in place of 24. cobra imports templates,
// and executes none unless a command sets one.
func TestCommand_ExecutesNoTemplate(t *testing.T) {
	t.Parallel()
	dependOnSources(t)
	n := 0
	for _, p := range listIn(t, root, "-deps", "./cmd/impala-lbcheck") {
		n++
		standard := !strings.Contains(p.ImportPath, ".")
		for _, imported := range p.Imports {
			if strings.HasSuffix(imported, "/template") && !standard && p.ImportPath != "github.com/spf13/cobra" {
				t.Errorf("%s imports %s", p.ImportPath, imported)
			}
		}
	}
	if n < 200 {
		t.Errorf("%d packages: that is not all", n)
	}
}
