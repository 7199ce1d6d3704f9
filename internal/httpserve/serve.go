package httpserve

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// MaxConnections is how many connections a server has open at once.
const MaxConnections = 64

// The other bounds of a server. Who keeps a connection open and asks nothing has it for a
// short time alone, so that there is room for others.
const (
	maxHeader  = 16 << 10
	headTime   = 5 * time.Second
	answerTime = 10 * time.Second
	idleTime   = 5 * time.Second
	endTime    = 2 * time.Second // for answers that are being written when it ends
)

// Serve answers requests until ctx ends, and returns when none is being answered.
func Serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{
		Handler: ownHost(l.Addr(), h), ReadHeaderTimeout: headTime, ReadTimeout: headTime, WriteTimeout: answerTime, IdleTimeout: idleTime,
		MaxHeaderBytes: maxHeader, ErrorLog: log.New(io.Discard, "", 0), // what clients do wrong is no error of ours
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(limitConnections(l, MaxConnections)) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTime)
	defer cancel()
	if s.Shutdown(late) != nil {
		s.Close()
	}
	<-ended
	return nil
}

// ownHost refuses requests for another host than this one, where the address is on
// loopback: others reach it only through a browser of this machine.
func ownHost(at net.Addr, next http.Handler) http.Handler {
	tcp, ok := at.(*net.TCPAddr)
	if !ok || !tcp.IP.IsLoopback() {
		return next
	}
	_, port, _ := net.SplitHostPort(at.String())
	own := map[string]bool{at.String(): true, "localhost:" + port: true}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !own[r.Host] {
			w.Header().Set("Cache-Control", "no-store")
			http.Error(w, "this server is http://"+at.String()+"/, and answers for no other name", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}
