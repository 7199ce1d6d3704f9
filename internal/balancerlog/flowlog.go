package balancerlog

import "net/netip"

// flowColumns are the columns of a VPC flow log that are read, by their place in a line;
// -1: the log does not have it. "Flow log records" of the Amazon VPC guide names them.
type flowColumns struct {
	from, to, packetFrom, packetTo, fromPort, toPort, protocol, start, end, action int
	count                                                                          int
}

// defaultFlow is a log without a line of names: version account-id interface-id srcaddr
// dstaddr srcport dstport protocol packets bytes start end action log-status.
var defaultFlow = flowColumns{from: 3, to: 4, packetFrom: -1, packetTo: -1, fromPort: 5, toPort: 6, protocol: 7, start: 10, end: 11, action: 12, count: 14}

// flow reads a line of a VPC flow log: packets of one direction of a connection within a
// minute or ten. Both legs of a balancer that keeps the client's address begin at the
// client: where the backend is the balancer's own address, it is the first one. A first
// line names the columns, where they are others than those of the default.
func (d *decoder) flow(line []byte, r *Record) error {
	c := cursor{line: line}
	if d.flows.count == 0 {
		d.flows = defaultFlow
	}
	var fields [maxFlowFields][]byte
	n := 0
	for ; n < maxFlowFields && !c.done(); n++ {
		fields[n] = c.word("a field")
	}
	if named, ok := namedFlow(fields[:n]); ok {
		d.flows = named
		return errOther
	}
	if n != d.flows.count {
		return &SyntaxError{Column: 1, Want: "as many fields as the flow log has columns"}
	}
	f := flowFields{fields: fields[:n], columns: d.flows}
	if string(f.at(d.flows.fromPort)) == "-" || string(f.at(d.flows.protocol)) != "6" {
		return errOther // no data, or not TCP
	}
	return f.record(r)
}

// maxFlowFields is more columns than a flow log can have.
const maxFlowFields = 64

// namedFlow are the columns that a line names; ok is false where it is no such line.
func namedFlow(fields [][]byte) (flowColumns, bool) {
	if len(fields) == 0 || len(fields[0]) == 0 || fields[0][0] < 'a' {
		return flowColumns{}, false
	}
	cols := flowColumns{from: -1, to: -1, packetFrom: -1, packetTo: -1, fromPort: -1, toPort: -1, protocol: -1, start: -1, end: -1, action: -1, count: len(fields)}
	places := map[string]*int{
		"srcaddr": &cols.from, "dstaddr": &cols.to, "pkt-srcaddr": &cols.packetFrom, "pkt-dstaddr": &cols.packetTo,
		"srcport": &cols.fromPort, "dstport": &cols.toPort, "protocol": &cols.protocol, "start": &cols.start, "end": &cols.end, "action": &cols.action,
	}
	for i, f := range fields {
		if place := places[string(f)]; place != nil {
			*place = i
		}
	}
	addressed := min(max(cols.from, cols.packetFrom), max(cols.to, cols.packetTo))
	return cols, min(addressed, cols.fromPort, cols.toPort, cols.protocol, cols.start, cols.end) >= 0
}

type flowFields struct {
	fields  [][]byte
	columns flowColumns
}

// at is a field; nil where there is none.
func (f flowFields) at(column int) []byte {
	if column < 0 {
		return nil
	}
	return f.fields[column]
}

// address is the packet's own address where the log has it, else the interface's.
func (f flowFields) address(packet, plain, port int) (netip.AddrPort, error) {
	for _, column := range [...]int{packet, plain} {
		a, ok := parseAddress(f.at(column))
		if n, numbered := parseNumber(f.at(port)); ok && numbered && n < 1<<16 {
			return netip.AddrPortFrom(a, uint16(n)), nil
		}
	}
	return netip.AddrPort{}, f.wrong(plain, "an address, with a port of its own")
}

// wrong is an error at the beginning of a field.
func (f flowFields) wrong(column int, want string) error {
	at := 1
	for _, before := range f.fields[:max(column, 0)] {
		at += len(before) + 1
	}
	return &SyntaxError{Column: at, Want: want}
}

func (f flowFields) record(r *Record) error {
	cols := f.columns
	var err error
	if r.Client, err = f.address(cols.packetFrom, cols.from, cols.fromPort); err != nil {
		return err
	}
	if r.Backend, err = f.address(cols.packetTo, cols.to, cols.toPort); err != nil {
		return err
	}
	var ok bool
	if r.Accepted, ok = parseUnix(f.at(cols.start)); !ok {
		return f.wrong(cols.start, "seconds since 1970")
	}
	if r.Ended, ok = parseUnix(f.at(cols.end)); !ok {
		return f.wrong(cols.end, "seconds since 1970")
	}
	if string(f.at(cols.action)) == "REJECT" {
		r.Reason = "REJECT: a security group or a network ACL"
	}
	return nil
}
