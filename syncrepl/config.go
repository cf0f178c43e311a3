package syncrepl

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Config says what to follow, as whom, and how. URL, or Server and Search, must
// be set; everything else has a use as it is.
type Config struct {
	// URL is an LDAP URL with everything in it, see ParseURL. What is set in the
	// fields below wins over it.
	URL string
	// Server is scheme://host:port, instead of a URL.
	Server string
	// Search is what to follow, instead of a URL.
	Search Search

	// Mode is RefreshOnly, the default, or RefreshAndPersist.
	Mode Mode
	// Interval makes Run refresh again and again in RefreshOnly mode. 0: once.
	Interval time.Duration

	// Bind says as whom. nil: by the URL's bindname, or anonymous.
	Bind Bind
	// StartTLS must succeed before anything else is sent, when set.
	StartTLS bool
	// TLS is for ldaps and StartTLS. nil: the system's certificates, and the
	// host of the URL as the name to be proved.
	TLS *tls.Config
	// Dial makes connections instead of a net.Dialer.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Timeout is for connecting and for each answer while binding. 0: 30 s.
	Timeout time.Duration

	// Store keeps the copy. nil: NewMemory. Unbind closes it.
	Store Store
	// ReadOnly follows without writing to the store: its content is the start,
	// changes stay in memory, and the transaction of the callbacks is not the
	// store's.
	ReadOnly bool

	// Guard stops mass deletion. nil: DefaultGuard.
	Guard *Guard
	// RefuseChangedSearch makes a search other than the stored one an error
	// (*SearchChangedError). Otherwise the copy is brought up to the new search.
	RefuseChangedSearch bool
	// Reload loads the whole content at the first refresh, whatever the store
	// holds, and compares it.
	Reload bool
	// ExactValues compares values octet by octet. Otherwise the server's schema
	// says what is equal, so that a change of letter case in a caseIgnoreMatch
	// attribute, or of the order of values, is stored but not told.
	ExactValues bool
	// ManageDsaIT makes referral objects ordinary entries (RFC 3296).
	ManageDsaIT bool

	// Backoff says how Run tries again. nil: DefaultBackoff.
	Backoff *Backoff
	// Retryable decides after which errors Run tries again. nil: Transient.
	Retryable func(error) bool

	// PollWait is how long Poll waits for a message. 0: 3 s.
	PollWait time.Duration
	// BatchMessages is how many messages of a refresh are kept back to be written
	// in one transaction. 0: 5000. A refresh that fits, or whose data come to no
	// more than 16 MiB, is written whole, with its cookie.
	BatchMessages int
	// MaxMessage bounds one message of the server in octets. 0: 64 MiB.
	MaxMessage int

	// Log hears what the client does, at level Debug but for warnings. nil: silent.
	Log *slog.Logger

	target Target
}

// Guard stops a refresh that would delete too much: it deletes nothing then, keeps
// the cookie, and fails with a *MassDeleteError. Deletes of the persist stage,
// one change each, are not stopped.
type Guard struct {
	// Fraction of the copy that may go at once, 0 to 1; 0: no such limit.
	Fraction float64
	// Count that may go at once; 0: no such limit.
	Count int
	// Always may go: so many deletes pass whatever the fraction.
	Always int
}

// DefaultGuard lets half of the copy go at once, and ten entries always.
var DefaultGuard = Guard{Fraction: 0.5, Always: 10}

// NoGuard lets everything go.
var NoGuard = Guard{}

// trips reports whether so many deletes are too many.
func (g Guard) trips(deletes, stored int) bool {
	if deletes <= g.Always {
		return false
	}
	return g.Count > 0 && deletes > g.Count || g.Fraction > 0 && float64(deletes) > g.Fraction*float64(stored)
}

// Bind is a way to authenticate: Anonymous, Simple, External or GSSAPI.
type Bind interface {
	bind(conn *ldap.Conn, server string) error
	method() string
	// identity goes into the stored definition: another identity may see
	// another content. It holds no secret.
	identity() string
}

// Anonymous sends no bind.
type Anonymous struct{}

// Simple binds with a name and a password. It refuses an empty password with a
// name, which servers take for anonymous (RFC 4513 section 5.1.2).
type Simple struct {
	DN string
	// Password is used as it is; if it is empty, PasswordFunc is asked at each
	// connection.
	Password     string
	PasswordFunc func() (string, error)
}

// External binds with SASL EXTERNAL: the TLS client certificate, or the Unix
// identity over ldapi.
type External struct{}

// GSSAPI binds with Kerberos. No security layer is negotiated: use TLS.
type GSSAPI struct {
	// Client makes the tokens, anew for each connection: for instance
	//	func() (ldap.GSSAPIClient, error) {
	//		return gssapi.NewClientFromCCache(ccache, "/etc/krb5.conf")
	//	}
	// with github.com/go-ldap/ldap/v3/gssapi.
	Client func() (ldap.GSSAPIClient, error)
	// Principal of the service; "" is ldap/host.
	Principal string
	AuthzID   string
}

func (Anonymous) bind(*ldap.Conn, string) error { return nil }
func (Anonymous) method() string                { return "anonymous" }
func (Anonymous) identity() string              { return "" }

func (s Simple) method() string { return "simple" }

func (s Simple) identity() string {
	if dn, err := ldap.ParseDN(s.DN); err == nil {
		return strings.ToLower(dn.String())
	}
	return s.DN
}

func (s Simple) bind(conn *ldap.Conn, _ string) error {
	password := s.Password
	if password == "" && s.PasswordFunc != nil {
		var err error
		if password, err = s.PasswordFunc(); err != nil {
			return err
		}
	}
	return conn.Bind(s.DN, password)
}

func (External) bind(conn *ldap.Conn, _ string) error { return conn.ExternalBind() }
func (External) method() string                       { return "EXTERNAL" }
func (External) identity() string                     { return "EXTERNAL" }

func (g GSSAPI) method() string { return "GSSAPI" }

func (g GSSAPI) identity() string { return "GSSAPI " + g.AuthzID }

func (g GSSAPI) bind(conn *ldap.Conn, host string) error {
	client, err := g.Client()
	if err != nil {
		return err
	}
	principal := g.Principal
	if principal == "" {
		principal = "ldap/" + host
	}
	return conn.GSSAPIBind(client, principal, g.AuthzID)
}

// prepare checks the configuration and fills in what the URL says.
func (c *Config) prepare() error {
	if c.URL != "" {
		t, err := ParseURL(c.URL)
		if err != nil {
			return err
		}
		c.target = *t
	}
	if c.Server != "" {
		t, err := ParseURL(c.Server)
		if err != nil {
			return err
		}
		c.target.Server = t.Server
	}
	if c.target.Server == "" {
		return &ConfigError{"URL", "neither URL nor Server is set"}
	}
	s := &c.target.Search
	if c.Search.Base != "" {
		s.Base = c.Search.Base
	}
	if c.Search.Scope != DefaultScope {
		s.Scope = c.Search.Scope
	}
	if c.Search.Filter != "" {
		s.Filter = c.Search.Filter
	}
	if c.Search.Attributes != nil {
		s.Attributes = c.Search.Attributes
	}
	if err := s.check(); err != nil {
		return &ConfigError{"Search", err.Error()}
	}
	switch c.Mode {
	case 0:
		c.Mode = RefreshOnly
	case RefreshOnly, RefreshAndPersist:
	default:
		return &ConfigError{"Mode", "neither RefreshOnly nor RefreshAndPersist"}
	}
	if c.Bind == nil {
		switch {
		case c.target.Mech == "EXTERNAL":
			c.Bind = External{}
		case c.target.Mech == "GSSAPI":
			return &ConfigError{"Bind", "the URL asks for GSSAPI; set a GSSAPI with its Client"}
		case c.target.Mech != "" && c.target.Mech != "SIMPLE":
			return &ConfigError{"Bind", "the mechanism " + c.target.Mech + " is unknown"}
		case c.target.BindName != "":
			c.Bind = Simple{DN: c.target.BindName, Password: c.target.Password}
		default:
			c.Bind = Anonymous{}
		}
	}
	if s, ok := c.Bind.(Simple); ok && s.Password == "" && s.PasswordFunc == nil {
		return &ConfigError{"Bind", "a simple bind needs a password"}
	}
	if g, ok := c.Bind.(GSSAPI); ok && g.Client == nil {
		return &ConfigError{"Bind", "GSSAPI needs a Client"}
	}
	if g := c.Guard; g != nil && (g.Fraction < 0 || g.Fraction > 1 || g.Count < 0 || g.Always < 0) {
		return &ConfigError{"Guard", "Fraction must be 0 to 1, the numbers not negative"}
	}
	return nil
}

func (c *Config) startTLS() bool { return c.StartTLS || c.target.StartTLS }

func (c *Config) timeout() time.Duration {
	if c.Timeout > 0 {
		return c.Timeout
	}
	return 30 * time.Second
}

func (c *Config) pollWait() time.Duration {
	if c.PollWait > 0 {
		return c.PollWait
	}
	return 3 * time.Second
}

func (c *Config) batchMessages() int {
	if c.BatchMessages > 0 {
		return c.BatchMessages
	}
	return 5000
}

func (c *Config) guard() Guard {
	if c.Guard != nil {
		return *c.Guard
	}
	return DefaultGuard
}

func (c *Config) logger() *slog.Logger {
	if c.Log != nil {
		return c.Log
	}
	return slog.New(slog.DiscardHandler)
}

// definition identifies the content: the search and who asks.
func (c *Config) definition() string {
	d := c.target.Search.definition()
	if id := c.Bind.identity(); id != "" {
		d += " as=" + id
	}
	if c.ManageDsaIT {
		d += " managedsait"
	}
	return d
}
