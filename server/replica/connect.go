package replica

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
	"github.com/xdg-go/scram"
)

// tlsConfig makes the settings of TLS with host, which is the name to be proved.
func (t *TLS) config(host string) (*tls.Config, error) {
	c := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if t.Protocol == "3.4" {
		c.MinVersion = tls.VersionTLS13
	}
	switch t.ReqCert {
	case "never", "allow":
		c.InsecureSkipVerify = true
	}
	if t.Cert != "" {
		pair, err := tls.LoadX509KeyPair(t.Cert, t.Key)
		if err != nil {
			return nil, err
		}
		c.Certificates = []tls.Certificate{pair}
	}
	files := []string{}
	if t.CACert != "" {
		files = append(files, t.CACert)
	}
	if t.CADir != "" {
		found, err := filepath.Glob(filepath.Join(t.CADir, "*"))
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	if t.CACert+t.CADir != "" {
		c.RootCAs = x509.NewCertPool()
	}
	for _, f := range files {
		pem, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if !c.RootCAs.AppendCertsFromPEM(pem) && f == t.CACert {
			return nil, fmt.Errorf("%s holds no certificate", f)
		}
	}
	return c, nil
}

// connect gives a connection that has been bound.
func (c *Consumer) connect(ctx context.Context) (*ldap.Conn, error) {
	u, err := url.Parse(c.set.Provider)
	if err != nil {
		return nil, err
	}
	network, addr := "tcp", u.Host
	switch {
	case u.Scheme == "ldapi":
		network = "unix"
		if addr, err = url.PathUnescape(strings.TrimPrefix(c.set.Provider, "ldapi://")); err != nil {
			return nil, err
		}
		if addr == "" || addr == "/" {
			addr = "/var/run/slapd/ldapi"
		}
	case u.Port() == "":
		addr = net.JoinHostPort(u.Hostname(), map[string]string{"ldap": "389", "ldaps": "636"}[u.Scheme])
	}
	d := &net.Dialer{Timeout: c.set.DialTimeout, KeepAliveConfig: c.set.KeepAlive}
	if !c.set.KeepAlive.Enable {
		d.KeepAlive = 30 * time.Second
	}
	conn, err := d.DialContext(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	ok := false
	defer func() {
		if !ok {
			conn.Close()
		}
	}()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	conn.SetDeadline(time.Now().Add(c.set.Timeout))
	secure := u.Scheme == "ldaps"
	x := &exchange{conn: conn}
	if c.set.TLS.Start != "" && !secure {
		err := x.startTLS()
		if err != nil && c.set.TLS.Start == "critical" {
			return nil, fmt.Errorf("StartTLS: %w", err)
		}
		if err != nil {
			c.log.Warn("no StartTLS", "error", err.Error())
		}
		secure = err == nil
	}
	if secure {
		t, err := c.set.TLS.config(u.Hostname())
		if err != nil {
			return nil, err
		}
		over := tls.Client(conn, t)
		if err := over.HandshakeContext(ctx); err != nil {
			return nil, fmt.Errorf("TLS: %w", err)
		}
		conn, x.conn = over, over
	}
	if err := x.bind(&c.set.Bind, secure, network == "unix"); err != nil {
		return nil, fmt.Errorf("bind: %w", err)
	}
	if !stop() {
		return nil, context.Cause(ctx)
	}
	conn.SetDeadline(time.Time{})
	ok = true
	l := ldap.NewConn(conn, secure)
	l.Start()
	return l, nil
}

// exchange sends one request at a time, before the connection is go-ldap's.
type exchange struct {
	conn net.Conn
	id   int64
}

func (x *exchange) do(op *ber.Packet) (*ber.Packet, error) {
	x.id++
	p := ber.NewSequence("message")
	p.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, x.id, "id"))
	p.AppendChild(op)
	if _, err := x.conn.Write(p.Bytes()); err != nil {
		return nil, err
	}
	return ber.ReadPacket(x.conn)
}

func octets(v string) *ber.Packet {
	return ber.NewString(ber.ClassUniversal, ber.TypePrimitive, ber.TagOctetString, v, "")
}

func (x *exchange) startTLS() error {
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationExtendedRequest, nil, "")
	op.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, "1.3.6.1.4.1.1466.20037", ""))
	p, err := x.do(op)
	if err != nil {
		return err
	}
	return ldap.GetLDAPError(p)
}

// bind authenticates; without a name or a mechanism nothing is sent.
func (x *exchange) bind(b *Bind, secure, local bool) error {
	if b.MinSSF > 1 && !secure && !local {
		return fmt.Errorf("the connection is not protected as secprops wants it")
	}
	if b.Mech == "" {
		if b.DN == "" {
			return nil
		}
		_, _, err := x.request(b.DN, ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, b.Password, ""))
		return err
	}
	switch b.Mech {
	case "EXTERNAL":
		_, _, err := x.sasl(b.Mech, b.Authz)
		return err
	case "PLAIN":
		if b.NoPlain {
			return errors.New("secprops forbids PLAIN")
		}
		_, _, err := x.sasl(b.Mech, b.Authz+"\x00"+b.User+"\x00"+b.Password)
		return err
	}
	return x.scram(b)
}

func (x *exchange) sasl(mech, cred string) (reply string, more bool, err error) {
	auth := ber.Encode(ber.ClassContext, ber.TypeConstructed, 3, nil, "")
	auth.AppendChild(octets(mech))
	auth.AppendChild(octets(cred))
	return x.request("", auth)
}

// request sends a bind request. more: the server wants another one.
func (x *exchange) request(name string, auth *ber.Packet) (reply string, more bool, err error) {
	op := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationBindRequest, nil, "")
	op.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 3, ""))
	op.AppendChild(octets(name))
	op.AppendChild(auth)
	p, err := x.do(op)
	if err != nil {
		return "", false, err
	}
	if len(p.Children) > 1 {
		for _, k := range p.Children[1].Children {
			if k.ClassType == ber.ClassContext && k.Tag == 7 {
				reply = k.Data.String()
			}
		}
	}
	err = ldap.GetLDAPError(p)
	if ldap.IsErrorWithCode(err, ldap.LDAPResultSaslBindInProgress) {
		return reply, true, nil
	}
	return reply, false, err
}

func (x *exchange) scram(b *Bind) error {
	h := map[string]scram.HashGeneratorFcn{"SCRAM-SHA-1": scram.SHA1, "SCRAM-SHA-256": scram.SHA256, "SCRAM-SHA-512": scram.SHA512}[b.Mech]
	client, err := h.NewClient(b.User, b.Password, b.Authz)
	if err != nil {
		return err
	}
	conv := client.NewConversation()
	msg, err := conv.Step("")
	if err != nil {
		return err
	}
	for {
		reply, more, err := x.sasl(b.Mech, msg)
		if err != nil {
			return err
		}
		if reply != "" && !conv.Done() {
			if msg, err = conv.Step(reply); err != nil {
				return fmt.Errorf("the provider did not prove that it knows the password: %w", err)
			}
		}
		if !more {
			if !conv.Valid() {
				return errors.New("the provider did not prove that it knows the password")
			}
			return nil
		}
	}
}
