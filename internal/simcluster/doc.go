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
// OpenSession's http_addr, and to pid(), coordinator(), version(); its web pages,
// as far as programs read them (Config.Web).
//
// # What is not simulated
//
//   - SQL, beyond SELECT of functions without arguments and of literals, the
//     count of one table's rows, SET, and USE of three databases. The rest is a
//     syntax error, whatever it is.
//   - Admission but for a cluster without executors, memory, profiles, execution
//     summaries, metadata calls (GetTables and its like): the latter are unknown
//     methods.
//   - HS2 over HTTP, Kerberos, JWT, delegation.
//   - Web pages for people, those that change something, and those under TLS or
//     a password. /sessions lists the sessions of our clients, not Background's,
//     and no times; /backends has three executors that nobody can reach.
//   - Row layouts before V6: such a client gets no rows.
//   - Timeouts of idle sessions and of sessions without a connection: a session
//     that nobody closes stays until the cluster ends.
//   - The balancer's second socket. Connections are handed over in memory, so
//     there is no connect to a coordinator that could be slow, and under the
//     fault refused the client reads EOF at once rather than after retries.
//   - Slow start: a coordinator that returns gets its full share at once.
//   - Others' connections dying with their coordinator: Background holds its
//     threads through an outage, as if all came back with it.
//
// Three answers differ from Impala's. FETCH_FIRST is honoured before the first
// fetch. A query that no executor comes for is refused at once, not after the
// minute that the text speaks of. And a PROXY header that comes before Thrift
// closes the connection at once, as an Impala with a message limit below 1.3 GB
// does; the default limit of 2 GiB makes one wait for that many bytes, which is
// how other misread first bytes are treated here.
package simcluster
