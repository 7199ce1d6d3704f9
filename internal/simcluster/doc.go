// Package simcluster is an Impala cluster behind a load balancer, in one
// process: coordinators that speak HiveServer2 and Beeswax over real sockets,
// and listeners that hand each accepted connection to one of them. It exists to
// be measured, and to be wrong on request.
//
// [Start] takes a [Config] and returns a [Cluster] that is listening:
//
//	cl, err := simcluster.Start(simcluster.Config{Seed: 1})
//	defer cl.Close()
//	dial(cl.Nodes()[0])
//
// Every node has an address of its own and chooses for itself: sessions one
// after the other on a node meet the same coordinators for the same seed,
// whatever happens on other nodes. The coordinator is chosen once TLS is done,
// as a proxy dials its backend then, so a connection whose handshake fails uses
// up no choice. [Faults] lists what can be wrong, [ParseFault] reads one.
//
// # What is copied from Impala
//
// The protocol as Impala's own clients use it; SASL PLAIN against a list of
// users, a wrong password being answered by silence; the set-up and service
// threads of TAcceptQueueServer, where the connection that finds no thread waits
// without a word; the texts of its errors; who it says it is, in Ping, in
// OpenSession's http_addr, and to pid(), coordinator(), version().
//
// # What is not simulated
//
//   - SQL, beyond SELECT of functions without arguments and of literals, SET,
//     and USE of two databases. The rest is a syntax error, whatever it is.
//   - Admission, memory, profiles, execution summaries, metadata calls
//     (GetTables and its like): the latter are unknown methods.
//   - HS2 over HTTP, Kerberos, JWT, delegation, the web pages on port 25000.
//   - Row layouts before V6: such a client gets no rows.
//   - Timeouts of idle sessions and of sessions without a connection: a session
//     that nobody closes stays until the cluster ends.
//   - The balancer's second socket. Connections are handed over in memory, so
//     there is no connect to a coordinator that could be slow, and under the
//     fault refused the client reads EOF at once rather than after retries.
//   - A balancer that ends a connection whose client is silent.
//   - Statements that take time: rows are there when ExecuteStatement returns.
//
// Three answers differ from Impala's. A Beeswax exception that a call does not
// declare arrives as an application exception of type 6, not 0, the generated
// Go code allowing no other. FETCH_FIRST is honoured before the first fetch. And
// a PROXY header that comes before Thrift closes the connection at once, as an
// Impala with a message limit below 1.3 GB does; the default limit of 2 GiB
// makes one wait for that many bytes, which is how other misread first bytes
// are treated here.
package simcluster
