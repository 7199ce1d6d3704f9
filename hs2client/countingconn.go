package hs2client

import "net"

// countingConn counts the bytes of a connection in its record, TLS's own included.
type countingConn struct {
	net.Conn
	record *Record
}

// Read counts what was received.
func (c *countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.record.BytesIn += int64(n)
	return n, err
}

// Write counts what was sent.
func (c *countingConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.record.BytesOut += int64(n)
	return n, err
}
