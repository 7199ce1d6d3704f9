package gss

import (
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/jcmturner/gokrb5/v8/crypto"
	"github.com/jcmturner/gokrb5/v8/crypto/etype"
	"github.com/jcmturner/gokrb5/v8/iana/etypeID"
	"github.com/jcmturner/gokrb5/v8/types"
)

// The encryption types that keys of sessions have, by their numbers (RFC 3962,
// RFC 8009).
const (
	AES128SHA1 = etypeID.AES128_CTS_HMAC_SHA1_96
	AES256SHA1 = etypeID.AES256_CTS_HMAC_SHA1_96
	AES128SHA2 = etypeID.AES128_CTS_HMAC_SHA256_128
	AES256SHA2 = etypeID.AES256_CTS_HMAC_SHA384_192
)

// ETypes are all of them, in the order in which MIT's library prefers them.
func ETypes() []int32 { return []int32{AES256SHA1, AES128SHA1, AES256SHA2, AES128SHA2} }

var etypeNames = map[int32]string{
	etypeID.DES_CBC_CRC: "des-cbc-crc", etypeID.DES_CBC_MD5: "des-cbc-md5", etypeID.DES3_CBC_SHA1_KD: "des3-cbc-sha1", etypeID.RC4_HMAC: "arcfour-hmac",
	AES128SHA1: "aes128-cts-hmac-sha1-96", AES256SHA1: "aes256-cts-hmac-sha1-96", AES128SHA2: "aes128-cts-hmac-sha256-128", AES256SHA2: "aes256-cts-hmac-sha384-192",
	etypeID.CAMELLIA128_CTS_CMAC: "camellia128-cts-cmac", etypeID.CAMELLIA256_CTS_CMAC: "camellia256-cts-cmac",
}

// ETypeName is the name of an encryption type as klist shows it; "etype 99" for one
// that has none here.
func ETypeName(id int32) string {
	if name, ok := etypeNames[id]; ok {
		return name
	}
	return fmt.Sprintf("etype %d", id)
}

// IsAES reports whether an encryption type is one that this package protects messages
// with.
func IsAES(id int32) bool { return slices.Contains(ETypes(), id) }

// keySizes are in bytes. The library's own figure for aes256-sha2 is that of the
// checksum, 24.
var keySizes = map[int32]int{etypeID.DES3_CBC_SHA1_KD: 24, AES128SHA1: 16, AES256SHA1: 32, AES128SHA2: 16, AES256SHA2: 32, etypeID.RC4_HMAC: 16}

// ErrCipher is returned for what does not decrypt: it was made with another key, or
// was changed on the way.
var ErrCipher = errors.New("decryption failed: another key, or altered data")

// NewKey makes a random key. It fails for an encryption type that is not supported.
func NewKey(id int32) (types.EncryptionKey, error) {
	if !IsAES(id) {
		return types.EncryptionKey{}, fmt.Errorf("no keys of %s are made", ETypeName(id))
	}
	key := types.EncryptionKey{KeyType: id, KeyValue: make([]byte, keySizes[id])}
	_, _ = rand.Read(key.KeyValue) // never fails
	return key, nil
}

// etypeOf is the algorithms of a key, whose length is checked: the library takes any.
func etypeOf(key types.EncryptionKey) (etype.EType, error) {
	et, err := crypto.GetEtype(key.KeyType)
	if err != nil {
		return nil, fmt.Errorf("%s is not supported", ETypeName(key.KeyType))
	}
	if len(key.KeyValue) != keySizes[key.KeyType] {
		return nil, fmt.Errorf("a key of %s has %d bytes", ETypeName(key.KeyType), len(key.KeyValue))
	}
	return et, nil
}

// Encrypt encrypts data for a use (RFC 4120, section 7.5.1).
func Encrypt(key types.EncryptionKey, usage uint32, data []byte) ([]byte, error) {
	et, err := etypeOf(key)
	if err != nil {
		return nil, err
	}
	_, out, err := et.EncryptMessage(key.KeyValue, data, usage)
	return out, err
}

// EncryptPart is Encrypt as a part of a message, with the version of the key; 0: none.
func EncryptPart(key types.EncryptionKey, usage uint32, data []byte, kvno int) (types.EncryptedData, error) {
	out, err := Encrypt(key, usage, data)
	return types.EncryptedData{EType: key.KeyType, KVNO: kvno, Cipher: out}, err
}

// Decrypt decrypts data. It fails with [ErrCipher].
func Decrypt(key types.EncryptionKey, usage uint32, data []byte) ([]byte, error) {
	et, err := etypeOf(key)
	if err != nil {
		return nil, err
	}
	// The library slices what is too short beyond its end.
	if len(data) < et.GetConfounderByteSize()+et.GetHMACBitLength()/8 {
		return nil, ErrCipher
	}
	out, err := et.DecryptMessage(key.KeyValue, data, usage)
	if err != nil {
		return nil, ErrCipher
	}
	return out, nil
}

// DecryptPart is Decrypt of a part of a message. A part of another encryption type than
// the key's fails with [ErrCipher].
func DecryptPart(key types.EncryptionKey, usage uint32, part types.EncryptedData) ([]byte, error) {
	if part.EType != key.KeyType {
		return nil, ErrCipher
	}
	return Decrypt(key, usage, part.Cipher)
}

// Checksum is the keyed checksum of data for a use.
func Checksum(key types.EncryptionKey, usage uint32, data []byte) (types.Checksum, error) {
	et, err := etypeOf(key)
	if err != nil {
		return types.Checksum{}, err
	}
	sum, err := et.GetChecksumHash(key.KeyValue, data, usage)
	return types.Checksum{CksumType: et.GetHashID(), Checksum: sum}, err
}
