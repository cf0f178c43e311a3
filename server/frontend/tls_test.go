package frontend

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/go-ldap/ldap/v3"

	"libslapi/server/plugin"
	"libslapi/server/wire"
)

func serverTLS(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		&tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
}

func TestStartTLS(t *testing.T) {
	sc, cc := serverTLS(t)
	h := newFake()
	ssf := make(chan int, 10)
	h.onStart = func(op *plugin.Operation) {
		if op.Kind == plugin.KindCompare {
			ssf <- op.Conn.SSF
		}
	}
	var srv *Server
	h.startTLS = func(op *plugin.Operation) *wire.Error { return srv.StartTLS(op) }
	s, addr := start(t, h, func(o *Options) { o.TLS = sc })
	srv = s
	l, err := ldap.DialURL("ldap://" + addr)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for i, want := range []int{0, 128} {
		if ok, err := l.Compare("cn=a", "b", "c"); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if got := <-ssf; got != want && !(i == 1 && got == 256) {
			t.Errorf("strength %d, want %d", got, want)
		}
		err := l.StartTLS(cc)
		if i == 0 && err != nil {
			t.Fatal(err)
		}
	}
	// A second StartTLS, and one beside another operation, are refused.
	c := dial(t, addr)
	c.send(searchPDU(1, "wait"))
	h.await(t, "begin search wait")
	c.send(extendedPDU(2, startTLSOID))
	c.expect(2, wire.TagExtendedResponse, wire.OperationsError)
	close(h.release)
	c.expect(1, wire.TagSearchResultDone, wire.Success)
	c.send(extendedPDU(3, startTLSOID), searchPDU(4, "fast"))
	c.expect(3, wire.TagExtendedResponse, wire.ProtocolError)
	c.expect(4, wire.TagSearchResultDone, wire.Success)
	c.send(extendedPDU(5, startTLSOID))
	c.expect(5, wire.TagExtendedResponse, wire.Success)
	c.send([]byte("this is no ClientHello"))
	for { // an alert may come first
		if _, err := c.r.ReadByte(); err != nil {
			break
		}
	}
	h.await(t, "close")
}

func TestLDAPS(t *testing.T) {
	sc, cc := serverTLS(t)
	h := newFake()
	h.entries, h.size = 500, 5000
	s, _ := start(t, h, func(o *Options) { o.TLS = sc })
	ls, err := s.Listen("ldaps://127.0.0.1:0/")
	if err != nil {
		t.Fatal(err)
	}
	l, err := ldap.DialURL("ldaps://"+ls[0].Addr().String(), ldap.DialWithTLSConfig(cc))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	res, err := l.Search(ldap.NewSearchRequest("many", 2, 0, 0, 0, false, "(a=*)", nil, nil))
	if err != nil || len(res.Entries) != h.entries {
		t.Fatal(err)
	}
	// One that never shakes hands must not keep the shutdown waiting.
	c := dial(t, ls[0].Addr().String())
	c.send([]byte{0x16})
}
