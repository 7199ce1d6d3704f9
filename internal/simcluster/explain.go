package simcluster

import "strings"

// explain runs EXPLAIN after its keyword.
func (p *parser) explain() (*table, error) {
	t, err := p.plan()
	if err != nil {
		return nil, err
	}
	lines := strings.Split(planText(t), "\n")
	return &table{columns: []column{textColumn("Explain String", lines...)}, rows: len(lines)}, nil
}

// plan reads a statement that has a plan. It is checked by running it.
func (p *parser) plan() (*table, error) {
	if !p.peek().is("select") && !p.peek().is("values") {
		return nil, p.syntaxError()
	}
	return p.statement()
}

// explainStatement returns the result of a statement that has a plan, without
// running it for a client.
func (c *coordinator) explainStatement(s *session, sql string) (*table, error) {
	p, err := c.newParser(s, sql)
	if err != nil {
		return nil, err
	}
	return p.plan()
}

// planText returns a statement's plan as EXPLAIN and a profile show it.
func planText(t *table) string {
	if t.scanned {
		return "Max Per-Host Resource Reservation: Memory=8.00KB Threads=2\n" +
			"Per-Host Resource Estimates: Memory=32MB\n" +
			"Codegen disabled by planner\n\n" +
			"PLAN-ROOT SINK\n|\n" +
			"00:SCAN HDFS [" + testDatabase + "." + testTable + "]\n" +
			"   HDFS partitions=4/4 files=4 size=460B"
	}
	return "Max Per-Host Resource Reservation: Memory=0B Threads=1\n" +
		"Per-Host Resource Estimates: Memory=10MB\n" +
		"Codegen disabled by planner\n\n" +
		"PLAN-ROOT SINK\n|\n" +
		"00:UNION\n" +
		"   constant-operands=1"
}
