package leasehold

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"regexp"
	"strings"
)

// ca is what a CA file holds.
type ca struct {
	text  string
	roots *x509.CertPool
}

const caFile = "CA file"

// readCA reads the CA's certificates; before is the answer where nothing has changed. The error is a [*CredentialsError].
func readCA(file string, before *ca) (*ca, error) {
	text, err := readSmallFile(file)
	if err != nil {
		return nil, &CredentialsError{file, reasonOf(err), caFile, err.Error()}
	}
	if before != nil && before.text == text {
		return before, nil
	}
	roots := x509.NewCertPool()
	for _, each := range certificates(text) {
		certificate, err := x509.ParseCertificate(each)
		if err != nil {
			return nil, noCertificate(file)
		}
		roots.AddCert(certificate)
	}
	if roots.Equal(x509.NewCertPool()) {
		return nil, noCertificate(file)
	}
	return &ca{text, roots}, nil
}

func noCertificate(file string) error {
	return &CredentialsError{file, Malformed, caFile, "it holds no whole certificate in PEM"}
}

// begun is what a file that is cut short may end with of the beginning of a block.
var begun = regexp.MustCompile(`-(B(E(G(IN?)?)?)?)?$`)

// certificates gives those of a text that is whole, and none of half a one.
func certificates(text string) (found [][]byte) {
	rest := []byte(text)
	blocks := 0
	for {
		block, after := pem.Decode(rest)
		if block == nil {
			break
		}
		blocks++
		if strings.HasSuffix(block.Type, "CERTIFICATE") {
			found = append(found, block.Bytes)
		}
		rest = after
	}
	if blocks != strings.Count(text, "-----BEGIN") || begun.Match(rest) {
		return nil
	}
	return found
}

// tlsConfig is how a server is trusted.
func tlsConfig(contract Contract, trusted *ca, host string) *tls.Config {
	switch contract.SSLMode {
	case "disable":
		return nil
	case "require":
		return &tls.Config{InsecureSkipVerify: true} //nolint:gosec // What the contract says.
	}
	config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if trusted != nil {
		config.RootCAs = trusted.roots
	}
	return config
}

// caFileOf is the file with the CA's certificates, where one is needed.
func caFileOf(contract Contract) string {
	if contract.SSLMode != "verify-full" {
		return ""
	}
	return contract.SSLRootCert
}
