package leasehold_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leasehold.example/leasehold"
	"leasehold.example/leasehold/internal/postgres"
)

// authority is a CA, for as long as a test takes.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         []byte
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	certificate, key, text := issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "a CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil, nil)
	return authority{certificate, key, text}
}

func (a authority) server(t *testing.T) (certificate, key []byte) {
	t.Helper()
	_, made, text := issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "pg"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}, a.certificate, a.key)
	der, err := x509.MarshalPKCS8PrivateKey(made)
	if err != nil {
		t.Fatal(err)
	}
	return text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

func issue(t *testing.T, template, parent *x509.Certificate, signer *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func TestTheCAIsReadAnew(t *testing.T) {
	first, second := newAuthority(t), newAuthority(t)
	certificate, key := first.server(t)
	secured, err := postgres.Start(map[string][]byte{"server.crt": certificate, "server.key": key},
		"ssl=on", "ssl_cert_file=../server.crt", "ssl_key_file=../server.key")
	if err != nil {
		t.Fatal(err)
	}
	defer secured.Stop()
	p := newPod(t)
	p.server = secured
	p.must(secured.Admin("CREATE ROLE " + group + " NOLOGIN"))
	p.rotate()
	file := filepath.Join(t.TempDir(), "ca.crt")
	p.must(os.WriteFile(file, second.pem, 0o600))
	p.change = map[string]any{"sslMode": "verify-full", "sslRootCert": file}
	pool := p.pool()
	defer pool.Close()

	_, err = userOf(t.Context(), pool)
	var distrusted *leasehold.TrustError
	if !errors.As(err, &distrusted) || !strings.Contains(err.Error(), "the CA file "+file+" must hold the CA that signed its certificate") {
		t.Errorf("%v", err)
	}
	p.must(os.WriteFile(file, append(second.pem, first.pem...), 0o600))
	p.user(pool)
	if count, _ := secured.Count("SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND usename LIKE 'v-%'"); count == 0 {
		t.Error("it is not encrypted")
	}

	// The server gets a certificate of the other CA, which the file holds.
	certificate, key = second.server(t)
	p.must(os.WriteFile(filepath.Join(secured.Directory, "server.crt"), certificate, 0o600))
	p.must(os.WriteFile(filepath.Join(secured.Directory, "server.key"), key, 0o600))
	p.must(secured.Admin("SELECT pg_reload_conf()"))
	p.must(secured.Admin("SELECT pg_sleep(0.2)"))
	next := p.rotate()
	until(t, "the new user serves", func() bool { return p.user(pool) == next })

	// Half a file is told, and what it held before is used.
	p.must(os.WriteFile(file, first.pem[:100], 0o600))
	until(t, "trouble is told", func() bool { return pool.Rotation().CredentialsErrors > 0 })
	next = p.rotate()
	until(t, "the next user serves", func() bool { return p.user(pool) == next })

	// Another host than the certificate names.
	p.change["host"] = "localhost"
	p.must(os.WriteFile(file, second.pem, 0o600))
	_, err = userOf(t.Context(), p.pool())
	if !errors.As(err, &distrusted) || !strings.Contains(err.Error(), "its certificate must name the host of the contract") {
		t.Errorf("%v", err)
	}
}
