package daemon

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
	"github.com/xdg-go/scram"

	"libslapi/server/wire"
)

// authority signs certificates for a test.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	dir  string
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.cert, a.key = a.sign("ca", pkix.Name{CommonName: "CA"}, nil)
	return a
}

func (a *authority) sign(file string, name pkix.Name, ips []net.IP) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: name, IPAddresses: ips,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), BasicConstraintsValid: true, IsCA: a.cert == nil,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	parent, signer := tmpl, key
	if a.cert != nil {
		parent, signer = a.cert, a.key
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	for ext, block := range map[string]*pem.Block{".crt": {Type: "CERTIFICATE", Bytes: raw}, ".key": {Type: "PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(filepath.Join(a.dir, file+ext), pem.EncodeToMemory(block), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

// client is the TLS configuration of a client, with a certificate when name is set.
func (a *authority) client(name string) *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	c := &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
	if name != "" {
		pair, err := tls.LoadX509KeyPair(filepath.Join(a.dir, name+".crt"), filepath.Join(a.dir, name+".key"))
		if err != nil {
			a.t.Fatal(err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c
}

func saslServer(t *testing.T, a *authority, lines string) *Daemon {
	t.Helper()
	a.sign("server", pkix.Name{CommonName: "server"}, []net.IP{net.IPv4(127, 0, 0, 1)})
	a.sign("alice", pkix.Name{CommonName: "Alice Able", Organization: []string{"Example"}}, nil)
	dir := t.TempDir()
	conf := fmt.Sprintf(`include ../../schema/core.schema
TLSCertificateFile %[1]s/server.crt
TLSCertificateKeyFile %[1]s/server.key
TLSCACertificateFile %[1]s/ca.crt
TLSVerifyClient try
%[2]s
database mdb
suffix dc=x
rootdn cn=admin,dc=x
rootpw secret
directory %[3]s
`, a.dir, lines, dir)
	path := filepath.Join(dir, "slapd.conf")
	if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	opt := options(t, path, Hooks{})
	opt.URLs = []string{"ldap://127.0.0.1:0/", "ldaps://127.0.0.1:0/", "ldapi://" + strings.ReplaceAll(dir, "/", "%2F") + "%2Fs"}
	return serve(t, opt)
}

func TestExternalOverTLSAndLocalSocket(t *testing.T) {
	a := newAuthority(t)
	d := saslServer(t, a, "authz-regexp cn=alice.able,o=example cn=alice,dc=x")
	whoami := func(c *ldap.Conn) string {
		t.Helper()
		if err := c.ExternalBind(); err != nil {
			return err.Error()
		}
		r, err := c.WhoAmI(nil)
		if err != nil {
			t.Fatal(err)
		}
		return r.AuthzID
	}
	dial := func(url string, cfg *tls.Config) *ldap.Conn {
		t.Helper()
		c, err := ldap.DialURL(url, ldap.DialWithTLSConfig(cfg))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	urls := d.URLs()
	if got := whoami(dial(urls[1], a.client("alice"))); got != "dn:cn=alice,dc=x" {
		t.Errorf("ldaps: %s", got)
	}
	start := dial(urls[0], nil)
	if err := start.StartTLS(a.client("alice")); err != nil {
		t.Fatal(err)
	}
	if got := whoami(start); got != "dn:cn=alice,dc=x" {
		t.Errorf("StartTLS: %s", got)
	}
	if got := whoami(dial(urls[1], a.client(""))); !strings.Contains(got, "Inappropriate Authentication") {
		t.Errorf("without a certificate: %s", got)
	}
	local := dial(strings.Replace(d.listeners[2].Addr().String(), "/", "ldapi:///", 1), nil)
	if want, got := fmt.Sprintf("dn:gidNumber=%d+uidNumber=%d,cn=peercred,cn=external,cn=auth", os.Getgid(), os.Getuid()), whoami(local); got != want {
		t.Errorf("ldapi: %s, want %s", got, want)
	}
}

// saslClient sends SASL binds on a connection of its own.
type saslClient struct {
	t  *testing.T
	c  net.Conn
	id int64
}

func (s *saslClient) send(op *ber.Packet) *ber.Packet {
	s.t.Helper()
	s.id++
	m := ber.NewSequence("")
	m.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, s.id, ""))
	m.AppendChild(op)
	if _, err := s.c.Write(m.Bytes()); err != nil {
		s.t.Fatal(err)
	}
	r, err := ber.ReadPacket(s.c)
	if err != nil {
		s.t.Fatal(err)
	}
	return r.Children[1]
}

func (s *saslClient) bind(mech, creds string) (code wire.ResultCode, server string) {
	s.t.Helper()
	b := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 0, nil, "")
	b.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 3, ""))
	b.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "", ""))
	x := ber.Encode(ber.ClassContext, ber.TypeConstructed, 3, nil, "")
	x.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, mech, ""))
	x.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, creds, ""))
	b.AppendChild(x)
	r := s.send(b)
	for _, c := range r.Children[3:] {
		if c.ClassType == ber.ClassContext && c.Tag == 7 {
			server = string(c.Data.Bytes())
		}
	}
	return wire.ResultCode(r.Children[0].Value.(int64)), server
}

func (s *saslClient) compare() wire.ResultCode {
	r := ber.Encode(ber.ClassApplication, ber.TypeConstructed, 14, nil, "")
	r.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "dc=x", ""))
	v := ber.NewSequence("")
	v.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "dc", ""))
	v.AppendChild(ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, "x", ""))
	r.AppendChild(v)
	return wire.ResultCode(s.send(r).Children[0].Value.(int64))
}

// TestChannelBinding binds with each type of channel binding, worked out by the
// client's side of crypto/tls.
func TestChannelBinding(t *testing.T) {
	a := newAuthority(t)
	d := saslServer(t, a, `authz-regexp uid=root,cn=[^,]*,cn=auth cn=admin,dc=x`)
	for _, v := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		cfg := a.client("")
		cfg.MaxVersion = v
		nc, err := tls.Dial("tcp", d.listeners[1].Addr().String(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer nc.Close()
		state := nc.ConnectionState()
		exporter, err := state.ExportKeyingMaterial("EXPORTER-Channel-Binding", nil, 32)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(state.PeerCertificates[0].Raw)
		for kind, data := range map[string][]byte{"tls-exporter": exporter, "tls-server-end-point": sum[:], "tls-unique": state.TLSUnique} {
			if len(data) == 0 {
				continue
			}
			client, err := scram.SHA256.NewClient("root", "secret", "")
			if err != nil {
				t.Fatal(err)
			}
			conv := client.NewConversationWithChannelBinding(scram.ChannelBinding{Type: scram.ChannelBindingType(kind), Data: data})
			s := &saslClient{t: t, c: nc}
			first, _ := conv.Step("")
			code, reply := s.bind("SCRAM-SHA-256-PLUS", first)
			if code != wire.SaslBindInProgress {
				t.Errorf("%s: first step %d", kind, code)
				continue
			}
			last, err := conv.Step(reply)
			if err != nil {
				t.Fatal(err)
			}
			code, reply = s.bind("SCRAM-SHA-256-PLUS", last)
			if _, err := conv.Step(reply); code != 0 || err != nil {
				t.Errorf("%s: %d, %v", kind, code, err)
			}
		}
	}
}

// TestBindInProgress: between the steps of a bind nothing but a bind is served.
func TestBindInProgress(t *testing.T) {
	d := saslServer(t, newAuthority(t), "")
	nc, err := net.Dial("tcp", d.listeners[0].Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	s := &saslClient{t: t, c: nc}
	if code, _ := s.bind("SCRAM-SHA-256", "n,,n=a,r=b"); code != wire.SaslBindInProgress {
		t.Fatalf("first step %d", code)
	}
	if code := s.compare(); code != wire.OperationsError {
		t.Errorf("compare during a bind: %d", code)
	}
	if code, _ := s.bind("", ""); code != wire.AuthMethodNotSupported {
		t.Errorf("giving up: %d", code)
	}
	if code := s.compare(); code != wire.NoSuchObject {
		t.Errorf("compare after it: %d", code)
	}
}
