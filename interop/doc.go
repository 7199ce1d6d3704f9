//go:build linux

// Command interop tests impala-lbcheck with software that this project did not write:
// real load balancers (HAProxy, nginx, Envoy), real HiveServer2 servers (Spark Thrift
// Server, Apache Hive), a real KDC (MIT Kerberos) and directory (OpenLDAP), real Impala
// clients (impala-shell, impyla, hive-jdbc, gohive), and with faults and limits of a real
// kernel.
//
// It installs what it needs, builds the command under test and uses it as a user does:
// by its command line, its exit code and its result file. Each proof checks all three,
// and if the other side counts sessions too, the counts must agree. A failed proof is
// printed as NOT PROVEN, and the exit code is then 1; nothing is skipped.
//
//	go run ./interop            every proof
//	go run ./interop --full     also those that start more servers
//	go run ./interop haproxy    proofs with "haproxy" in their name
//	go run ./interop kubernetes a cluster of one node, compiled first: only by name
//	go run ./interop soak       ten minutes at half of the capacity: only by name
//
// It listens on 127.0.0.0/8 only, stops everything that it started, and cannot run
// twice at the same time. README.md lists what is not proved.
package main
