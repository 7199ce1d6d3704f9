//go:build linux

// Command interop proves impala-lbcheck against software that this project did
// not write: real load balancers (HAProxy, nginx), real HiveServer2 servers
// (Spark Thrift Server) and real Impala clients (impala-shell, impyla, gohive),
// and under the faults and limits of a real kernel.
//
// It installs what it needs, builds the command under test and uses it as a user
// does: by its command line, its exit code and the result file that it writes.
// Each proof asserts all three, and where the other side counts sessions too, the
// two counts must agree. What could not be proved is printed as NOT PROVEN, and
// the exit code is then 1; nothing is ever skipped.
//
//	go run ./interop            every proof
//	go run ./interop haproxy    those whose name holds "haproxy"
//	go run ./interop soak       ten minutes at half the ceiling: only by name
//
// It listens on 127.0.0.0/8 only, stops everything that it started, and refuses
// to run twice at once. What no registry offers is not proved here: see README.md.
package main
