package daemon

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"libslapi/server/config"
)

// serverTLS makes the TLS settings of the listeners from the TLS* directives;
// nil when no certificate is configured. reload reads the files again, for
// SIGHUP; a failure leaves the ones in use.
func serverTLS(c *config.TLS) (t *tls.Config, reload func() error, err error) {
	if c.CertFile == "" && c.KeyFile == "" {
		return nil, func() error { return nil }, nil
	}
	if c.CertFile == "" || c.KeyFile == "" {
		return nil, nil, errors.New("TLSCertificateFile and TLSCertificateKeyFile must be given together")
	}
	var now atomic.Pointer[tls.Config]
	read := func() error {
		n, err := readTLS(c)
		if err == nil {
			now.Store(n)
		}
		return err
	}
	if err := read(); err != nil {
		return nil, nil, err
	}
	return &tls.Config{
		MinVersion:         now.Load().MinVersion,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return now.Load(), nil },
	}, read, nil
}

func readTLS(c *config.TLS) (*tls.Config, error) {
	cert, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("TLS: %w", err)
	}
	t := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	switch c.ProtocolMin {
	case "", "3.0", "3.1", "3.2", "3.3": // nothing older than TLS 1.2 is spoken
	case "3.4":
		t.MinVersion = tls.VersionTLS13
	default:
		return nil, fmt.Errorf("TLSProtocolMin %q is unknown", c.ProtocolMin)
	}
	t.CipherSuites = cipherSuites(c.CipherSuite)
	var files []string
	if c.CAFile != "" {
		files = append(files, c.CAFile)
	}
	if c.CAPath != "" {
		found, err := filepath.Glob(filepath.Join(c.CAPath, "*"))
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	if len(files) > 0 {
		t.ClientCAs = x509.NewCertPool()
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				return nil, fmt.Errorf("TLS: %w", err)
			}
			if !t.ClientCAs.AppendCertsFromPEM(text) && f == c.CAFile {
				return nil, fmt.Errorf("TLS: %s holds no certificate", f)
			}
		}
	}
	switch strings.ToLower(c.VerifyClient) {
	case "", "never":
	case "allow":
		t.ClientAuth = tls.RequestClientCert
	case "try":
		t.ClientAuth = tls.VerifyClientCertIfGiven
	default:
		t.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return t, nil
}
