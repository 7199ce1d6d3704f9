//go:build linux

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// kubePKI writes the certificates of a Kubernetes cluster to a directory, each with its
// key: NAME.crt and NAME.key.
type kubePKI struct {
	dir string
	ca  *x509.Certificate
	key *ecdsa.PrivateKey
}

// newKubePKI writes ca, which issues every other certificate.
func newKubePKI(dir string) (*kubePKI, error) {
	p := &kubePKI{dir: dir}
	template := x509.Certificate{
		Subject: pkix.Name{CommonName: "interop"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := p.write("ca", template)
	if err != nil {
		return nil, err
	}
	p.ca, err = x509.ParseCertificate(der)
	return p, err
}

// issue writes a certificate for a client and a server.
func (p *kubePKI) issue(name string, subject pkix.Name, addresses []string, names ...string) error {
	template := x509.Certificate{
		Subject: subject, DNSNames: names, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, a := range addresses {
		template.IPAddresses = append(template.IPAddresses, net.ParseIP(a))
	}
	_, err := p.write(name, template)
	return err
}

// write makes a key, and a certificate that the CA signs, or, for the CA, it itself.
func (p *kubePKI) write(name string, template x509.Certificate) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		return nil, err
	}
	template.SerialNumber = serial
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
	parent := p.ca
	if parent == nil {
		parent, p.key = &template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, parent, key.Public(), p.key)
	if err != nil {
		return nil, fmt.Errorf("certificate %s: %w", name, err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	for ext, block := range map[string]*pem.Block{".crt": {Type: "CERTIFICATE", Bytes: der}, ".key": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(p.dir, name+ext), pem.EncodeToMemory(block), 0o600); err != nil {
			return nil, err
		}
	}
	return der, nil
}
