package simkdc

import (
	"fmt"
	"slices"
	"time"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/gss"
	"github.com/impala-lbcheck/impala-lbcheck/internal/keytab"
	"github.com/impala-lbcheck/impala-lbcheck/internal/krbmsg"
)

// principal is a user or a service. It does not change once it is in the map.
type principal struct {
	name    types.PrincipalName
	kvno    int
	salt    string // of keys made of a password
	service bool
	keys    []types.EncryptionKey // the best first
	made    time.Time
}

// key is that of an encryption type.
func (p *principal) key(etype int32) (types.EncryptionKey, bool) {
	i := slices.IndexFunc(p.keys, func(k types.EncryptionKey) bool { return k.KeyType == etype })
	if i < 0 {
		return types.EncryptionKey{}, false
	}
	return p.keys[i], true
}

// AddUser adds a user, or changes its password.
func (k *KDC) AddUser(name, password string) error {
	parsed, _ := krbmsg.ParsePrincipal(name)
	p := &principal{name: parsed, salt: parsed.GetSalt(k.config.Realm)}
	for _, id := range k.config.ETypes {
		et, err := crypto.GetEtype(id)
		if err != nil {
			return fmt.Errorf("simkdc: %w", err)
		}
		value, err := et.StringToKey(password, p.salt, et.GetDefaultStringToKeyParams())
		if err != nil {
			return fmt.Errorf("simkdc: %w", err)
		}
		p.keys = append(p.keys, types.EncryptionKey{KeyType: id, KeyValue: value})
	}
	k.add(p)
	return nil
}

// AddService adds a service such as impala/lb.example.com with random keys, or gives it
// new ones. With encryption types, it has keys of those alone.
func (k *KDC) AddService(spn string, etypes ...int32) error {
	name, _ := krbmsg.ParsePrincipal(spn)
	p := &principal{name: name, service: true}
	if len(etypes) == 0 {
		etypes = k.config.ETypes
	}
	for _, id := range etypes {
		key, err := gss.NewKey(id)
		if err != nil {
			return fmt.Errorf("simkdc: %w", err)
		}
		p.keys = append(p.keys, key)
	}
	k.add(p)
	return nil
}

// add puts a principal in the place of an earlier one of its name.
func (k *KDC) add(p *principal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	name := p.name.PrincipalNameString()
	p.kvno, p.made = 1, k.config.Now()
	if was := k.principals[name]; was != nil {
		p.kvno = was.kvno + 1
	}
	k.principals[name] = p
}

// find is the principal of a name; nil where there is none.
func (k *KDC) find(name types.PrincipalName) *principal {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.principals[name.PrincipalNameString()]
}

// Keytab is a key table with the present keys of users or services; names that the KDC
// does not know are left out.
func (k *KDC) Keytab(names ...string) []byte {
	var t keytab.Table
	for _, name := range names {
		parsed, _ := krbmsg.ParsePrincipal(name)
		p := k.find(parsed)
		if p == nil {
			continue
		}
		for _, key := range p.keys {
			t = append(t, keytab.Entry{
				Realm: k.config.Realm, Name: p.name.NameString, Time: p.made, KVNO: uint32(p.kvno), EType: key.KeyType, Key: key.KeyValue,
			})
		}
	}
	return t.Marshal()
}
