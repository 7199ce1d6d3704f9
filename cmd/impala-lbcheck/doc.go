// Command impala-lbcheck checks a load balancer in front of Apache Impala's
// coordinators: who answers, who does not, with which certificate, and what
// failed where. `impala-lbcheck demo` shows it against a simulated cluster.
//
// This package is the composition root: commands, flags, secrets, progress, files
// and exit codes. It is the only one that knows its neighbours, and decides
// nothing that another program would want to decide the same way.
package main
