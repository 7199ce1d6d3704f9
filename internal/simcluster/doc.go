// Package simcluster simulates an Impala cluster behind a load balancer, in one
// process: coordinators that speak HiveServer2 and Beeswax over real sockets,
// and listeners that pass each accepted connection to one of them. It is a
// target for measurements, with faults that can be switched on.
//
// [Start] takes a [Config] and returns a [Cluster] that is listening:
//
//	cl, err := simcluster.Start(simcluster.Config{Seed: 1})
//	defer cl.Close()
//	dial(cl.Nodes()[0])
//
// Each node has its own address and its own balancing state: consecutive
// sessions on a node reach the same coordinators for the same seed, whatever
// happens on other nodes. The coordinator is chosen after the TLS handshake,
// when a proxy would dial its backend, so a connection whose handshake fails
// does not advance the balancing state. [Faults] lists the faults; [ParseFault]
// parses one.
//
// A node passes connections on, as a Network Load Balancer does. With Config.Layer7 it
// reads HTTP and passes requests on one by one, as HAProxy does in mode http, with or
// without a cookie of its own that keeps a client at its coordinator.
//
// # What is copied from Impala
//
// The protocol as used by Impala's own clients; SASL PLAIN against a list of users and
// SASL GSSAPI against a keytab, where a refusal closes the connection without a reply;
// HS2 over HTTP (Config.HTTP), where each request is authenticated on its own by Impala's
// cookie, a password, a JWT or a Kerberos token in one step, with Impala's answers to
// those that are refused; delegation; the setup and service threads of
// TAcceptQueueServer, where a connection that gets no thread waits without a reply, and
// one that is silent is not accepted for a second; every call that Impala serves, also for
// closed queries; the query options of the version in Config.Version (4.5, or what came
// after it), their levels, defaults and values; error messages; the coordinator's identity
// in Ping, in OpenSession's http_addr, in profiles, and in pid(), coordinator() and
// version(); the JSON web pages (Config.Web).
//
// # What is not simulated
//
//   - SQL, except what clients send unasked: SELECT and VALUES of literals, CAST,
//     arithmetic and functions without arguments, with comments and LIMIT; columns and
//     the row count of one table; EXPLAIN, DESCRIBE, SET, UNSET ALL, USE, and SHOW
//     DATABASES, SCHEMAS and TABLES. Every other statement is a syntax error.
//   - Admission control (except for a cluster without executors) and memory. Profiles
//     have what names the session, the statement and the coordinator, as text alone;
//     execution summaries have one node and no times.
//   - Query options do nothing. Ranges and names are checked as in Impala's newest
//     version; time zones are not.
//   - The replay cache of Kerberos: a token that comes twice is accepted twice.
//   - Over HTTP: OAuth, SAML, trusted domains and headers, and connections of the
//     balancer that several clients share. Cookies have the four fields of Impala's newest
//     version, whatever Config.Version is. A request that is refused is read to its end,
//     so that its client never sees a reset instead of the 401.
//   - HTML pages, pages that change state, and logins to the pages other than
//     Digest. /sessions lists only sessions of real clients, not those of
//     Config.Background, and no times; /backends lists three executors that are
//     not reachable.
//   - Timeouts of idle sessions and of sessions without a connection: a session
//     that is not closed stays open until the cluster is closed.
//   - The balancer's connection to the coordinator. Connections are passed in
//     memory, so connecting to a coordinator is never slow, and with the fault
//     refused the client reads EOF immediately instead of after retries.
//   - Slow start: a coordinator that returns gets its full share immediately.
//   - Loss of other clients' connections: Config.Background keeps its threads
//     through an outage, as if every one of them reconnected.
//
// Three replies differ from Impala's. FETCH_FIRST is accepted before the first
// fetch. A query without executors is rejected immediately, not after the minute
// named in the error message. A PROXY header before Thrift closes the connection
// immediately, as an Impala with a message limit below 1.3 GB does; with the
// default limit of 2 GiB Impala waits for that many bytes, which is how other
// unexpected first bytes are treated here.
package simcluster
