// Package httpwire carries the calls of a session over HTTP: each is one POST, whose
// answer's body is the reply.
//
// An [Exchange] stands between [wire.Conn] and the connection, which may be TLS. It
// writes requests and reads responses with net/http's own code, over connections that
// its owner makes: no http.Transport, no proxy from the environment, no redirect that is
// followed, no decompression. A request is sent once more in one case, as Impala's own
// clients do: a cookie in it was refused.
//
// Whatever a server sends is bounded: the head of a response, its fields, the interim
// responses before it, and the cookies that are kept. The body is bounded by the reply's
// [wire.Budget]. Every failure is an [*Error], a [*wire.Error], or an error that
// [wire.KindOf] classes.
//
// It sets no deadlines and ignores contexts: the owner of the connection handles both.
package httpwire
