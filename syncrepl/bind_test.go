package syncrepl

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	crand "crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
	"github.com/google/go-cmp/cmp"
)

// certificate makes a self-signed one for 127.0.0.1.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(crand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLS(t *testing.T) {
	cert, pool := certificate(t)
	server := &tls.Config{Certificates: []tls.Certificate{cert}}
	plain := newFake(t, first)
	plain.tls = server
	ln, err := tls.Listen("tcp", "127.0.0.1:0", server)
	if err != nil {
		t.Fatal(err)
	}
	newFakeOn(t, ln, first)
	for name, x := range map[string]struct {
		server   string
		startTLS bool
		tls      *tls.Config
		ok       bool
	}{
		"StartTLS":           {plain.url(), true, &tls.Config{RootCAs: pool}, true},
		"StartTLS by URL":    {plain.url() + "/dc=x????X-STARTTLS", false, &tls.Config{RootCAs: pool}, true},
		"StartTLS untrusted": {plain.url(), true, nil, false},
		"StartTLS name":      {plain.url(), true, &tls.Config{RootCAs: pool, ServerName: "ldap.example.com"}, false},
		"ldaps":              {"ldaps://" + ln.Addr().String(), false, &tls.Config{RootCAs: pool}, true},
		"ldaps untrusted":    {"ldaps://" + ln.Addr().String(), false, nil, false},
		"ldaps to plain":     {"ldaps://" + plain.ln.Addr().String(), false, &tls.Config{RootCAs: pool}, false},
	} {
		cfg := Config{URL: x.server, Search: Search{Base: "dc=x"}, StartTLS: x.startTLS, TLS: x.tls, Backoff: quick, Timeout: 2 * time.Second,
			Retryable: func(error) bool { return false }}
		bound := false
		c := newClient(t, cfg, &Funcs{OnBindDone: func(context.Context, *ldap.Conn) error { bound = true; return nil }})
		err := c.Run(ctxT(t))
		var ce *ConnectError
		if x.ok && (err != nil || !bound || len(contents(t, c)) != 3) || !x.ok && (!errors.As(err, &ce) || bound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// kerberosClient plays the client's side of RFC 4752.
type kerberosClient struct {
	target, authzid string
	deleted         bool
}

func (k *kerberosClient) InitSecContext(target string, token []byte) ([]byte, bool, error) {
	return k.InitSecContextWithOptions(target, token, nil)
}

func (k *kerberosClient) InitSecContextWithOptions(target string, token []byte, _ []int) ([]byte, bool, error) {
	k.target = target
	if token == nil {
		return []byte("ap-req"), true, nil
	}
	if string(token) != "ap-rep" {
		return nil, false, errors.New("bad token")
	}
	return nil, false, nil
}

func (k *kerberosClient) NegotiateSaslAuth(token []byte, authzid string) ([]byte, error) {
	k.authzid = authzid
	if string(token) != "layers" {
		return nil, errors.New("bad layers")
	}
	return []byte("none"), nil
}

func (k *kerberosClient) DeleteSecContext() error { k.deleted = true; return nil }

func TestGSSAPI(t *testing.T) {
	f := newFake(t, first)
	step := 0
	answers := []string{"ap-rep", "layers", ""}
	f.bind = func(req *ber.Packet) (int, string) {
		step++
		if mech := req.Children[2].Children[0].Value.(string); mech != "GSSAPI" {
			t.Errorf("mechanism %s", mech)
		}
		if step >= 3 {
			return 0, ""
		}
		return ldap.LDAPResultSaslBindInProgress, answers[step-1]
	}
	k := &kerberosClient{}
	cfg := testConfig(f)
	cfg.Bind = GSSAPI{Client: func() (ldap.GSSAPIClient, error) { return k, nil }, AuthzID: "u:me"}
	c := newClient(t, cfg, nil)
	if err := c.Run(ctxT(t)); err != nil {
		t.Fatal(err)
	}
	if k.target != "ldap/127.0.0.1" || k.authzid != "u:me" || !k.deleted || step != 3 {
		t.Errorf("%+v, %d steps", k, step)
	}
	cfg.Bind = GSSAPI{Client: func() (ldap.GSSAPIClient, error) { return nil, errors.New("no ticket") }}
	c = newClient(t, cfg, nil)
	var be *BindError
	if err := c.Run(ctxT(t)); !errors.As(err, &be) || be.Method != "GSSAPI" {
		t.Errorf("error %v", err)
	}
}

func TestLDAPIExternal(t *testing.T) {
	dir, err := os.MkdirTemp("", "sr") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ln, err := net.Listen("unix", dir+"/ldapi")
	if err != nil {
		t.Fatal(err)
	}
	f := newFakeOn(t, ln, first)
	mech := ""
	f.bind = func(req *ber.Packet) (int, string) {
		mech = req.Children[2].Children[0].Value.(string)
		return 0, ""
	}
	c := newClient(t, Config{URL: "ldapi://" + url.PathEscape(dir+"/ldapi") + "/dc=x????x-mech=EXTERNAL", Backoff: quick}, nil)
	if err := c.Run(ctxT(t)); err != nil || mech != "EXTERNAL" || len(contents(t, c)) != 3 {
		t.Errorf("%q %v", mech, err)
	}
}

// Test389 drives a 389 Directory Server whose Content Synchronization plug-in is
// on. It is started by hand, since its set-up is long:
// SYNCREPL_TEST_389=ldap://127.0.0.1:port, SYNCREPL_TEST_389_PW the root's password.
func Test389(t *testing.T) {
	server := os.Getenv("SYNCREPL_TEST_389")
	if server == "" {
		t.Skip("SYNCREPL_TEST_389 names no server")
	}
	for _, mode := range []Mode{RefreshOnly, RefreshAndPersist} {
		for _, filter := range []string{"", "(|(objectClass=organizationalUnit)(title=in))"} {
			t.Run(fmt.Sprint(mode, filter), func(t *testing.T) {
				d := &directory{t: t, url: server, admin: "cn=Directory Manager", pw: os.Getenv("SYNCREPL_TEST_389_PW")}
				var err error
				if d.conn, err = ldap.DialURL(server); err != nil {
					t.Fatal(err)
				}
				defer d.conn.Close()
				if err := d.conn.Bind(d.admin, d.pw); err != nil {
					t.Fatal(err)
				}
				r := &randomChanges{d: d, rnd: rand.New(rand.NewPCG(testSeed(t), 5)), base: fmt.Sprintf("ou=t%d,%s", time.Now().UnixNano(), slapdSuffix)}
				d.ou(r.base)
				search := Search{Base: r.base, Filter: filter, Attributes: []string{"*"}}
				m := newMirror(t)
				cfg := Config{Server: server, Bind: Simple{DN: d.admin, Password: d.pw}, Search: search, Guard: &NoGuard, Mode: mode,
					PollWait: 20 * time.Millisecond, Backoff: quick}
				c := newClient(t, cfg, m)
				ran := make(chan error, 1)
				if mode == RefreshAndPersist {
					go func() { ran <- c.Run(ctxT(t)) }()
				}
				for round := range 6 {
					for range r.rnd.IntN(15) {
						r.step()
					}
					if mode == RefreshOnly {
						if err := c.Run(ctxT(t)); err != nil {
							t.Fatal(err)
						}
					}
					truth := d.content(search)
					for end := time.Now().Add(6 * time.Second); !slices.Equal(truth, copyLines(t, c)); time.Sleep(10 * time.Millisecond) {
						if mode == RefreshOnly || time.Now().After(end) {
							t.Fatalf("round %d: the copy differs (-server +copy):\n%s", round, cmp.Diff(truth, copyLines(t, c)))
						}
					}
				}
				if mode == RefreshOnly { // moved out of the base, alone and with children
					d.ou("ou=out," + r.base)
					d.person("uid=child,ou=out,"+r.base, "title", "in")
					d.person("uid=alone,"+r.base, "title", "in")
					check := func() {
						t.Helper()
						if err := c.Run(ctxT(t)); err != nil {
							t.Fatal(err)
						}
						if diff := cmp.Diff(d.content(search), copyLines(t, c)); diff != "" {
							t.Errorf("the copy differs (-server +copy):\n%s", diff)
						}
					}
					check()
					n := time.Now().UnixNano()
					d.rename("uid=alone,"+r.base, fmt.Sprintf("uid=alone%d", n), slapdSuffix)
					check()
					d.rename("ou=out,"+r.base, fmt.Sprintf("ou=out%d", n), slapdSuffix)
					check()
					if filter != "" {
						// Moved in with children, which 389 does not tell: seen only
						// because such a search is loaded as a whole.
						d.rename(fmt.Sprintf("ou=out%d,%s", n, slapdSuffix), "ou=in", r.base)
						check()
					}
				}
				if mode == RefreshAndPersist {
					c.PleaseStop()
					if err := <-ran; err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(d.content(search), m.lines()); diff != "" {
					t.Fatalf("the callbacks say otherwise (-server +heard):\n%s", diff)
				}
			})
		}
	}
}
