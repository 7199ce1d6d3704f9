package wire

import (
	"bytes"
	"testing"

	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// A ticket whose session key protects nothing is not shown to a server.
func TestGSSAPI_SendsNoTicketWithWeakKey(t *testing.T) {
	t.Parallel()
	var sent bytes.Buffer
	var c Conn
	c.Init(reader{bytes.NewReader(nil), &sent})
	const rc4 = 23
	err := c.Login(&GSSAPI{Credential: gss.Credential{Key: types.EncryptionKey{KeyType: rc4, KeyValue: make([]byte, 16)}}, QOP: gss.QOPAuth})
	if KindOf(err) != vocab.KindNoEncryption || sent.Len() != 0 {
		t.Errorf("error %v, %d bytes sent", err, sent.Len())
	}
}
