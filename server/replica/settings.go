// Package replica is the consumer of RFC 4533: it keeps a database equal to the
// content that another server provides ("syncrepl" lines). Where several servers
// make changes (multiprovider on) it settles their conflicts.
package replica

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"
)

// Settings are one syncrepl line.
type Settings struct {
	RID       int
	Provider  string // LDAP URL
	Persist   bool   // type=refreshAndPersist
	Interval  time.Duration
	Retry     []Retry
	Base      string // at the provider
	Massage   string // suffixmassage: what Base is called here; "": the same
	Filter    string
	Scope     string // sub, one, base, subord
	Attrs     []string
	Without   []string // exattrs
	CheckAll  bool     // schemachecking=on
	NoManage  bool     // manageDSAit=FALSE: referral objects are not copied
	Bind      Bind
	TLS       TLS
	KeepAlive net.KeepAliveConfig
	// DialTimeout is for connecting, Timeout for the answers before the search.
	DialTimeout, Timeout time.Duration
	TimeLimit            int
	// MaxDelete is the mass-delete guard: a present phase that would remove
	// more entries than this, or this share, is refused; 0 sets no bound.
	MaxDelete, MaxDeletePercent int
}

// Bind is how the consumer authenticates.
type Bind struct {
	DN, Password     string // simple
	Mech             string // SASL, upper case; "" simple
	User, Authz      string // authcid, authzid
	Realm            string
	MinSSF           int // of secprops
	NoPlain, NoClear bool
}

// TLS are the starttls and tls_* parameters.
type TLS struct {
	Start             string // "", "yes", "critical"
	Cert, Key         string
	CACert, CADir     string
	ReqCert           string // never, allow, try, demand
	ReqSAN            string // never, allow, try, demand
	Ciphers, Protocol string
}

// Retry is how often to try again, and how long to wait before each.
type Retry struct {
	Wait  time.Duration
	Times int // -1: for ever
}

// ParseLine reads the words of a syncrepl line, key=value each.
func ParseLine(words []string) (*Settings, error) {
	s := &Settings{RID: -1, Interval: 24 * time.Hour, Retry: []Retry{{time.Hour, -1}}, Filter: "(objectClass=*)", Scope: "sub",
		Attrs: []string{"*", "+"}, Timeout: 30 * time.Second, DialTimeout: 30 * time.Second}
	seen := map[string]bool{}
	sasl := false
	for _, w := range words {
		key, v, ok := strings.Cut(w, "=")
		key = strings.ToLower(key)
		if !ok || seen[key] {
			return nil, fmt.Errorf("%q is not <key>=<value>, or is there twice", hide(key, w))
		}
		seen[key] = true
		if key == "bindmethod" {
			if sasl = strings.EqualFold(v, "sasl"); !sasl && !strings.EqualFold(v, "simple") {
				return nil, fmt.Errorf("bindmethod: unknown method %q", v)
			}
			continue
		}
		if err := s.set(key, v); err != nil {
			return nil, fmt.Errorf("%s: %v", key, err)
		}
	}
	switch {
	case s.RID < 0:
		return nil, fmt.Errorf("rid is missing")
	case s.Provider == "":
		return nil, fmt.Errorf("provider is missing")
	case s.Base == "":
		return nil, fmt.Errorf("searchbase is missing")
	case sasl && s.Bind.Mech == "":
		return nil, fmt.Errorf("bindmethod=sasl needs a saslmech")
	case !sasl && s.Bind.Mech != "":
		return nil, fmt.Errorf("saslmech needs bindmethod=sasl")
	case sasl && needsPassword[s.Bind.Mech] && (s.Bind.User == "" || s.Bind.Password == ""):
		return nil, fmt.Errorf("saslmech=%s needs authcid and credentials", s.Bind.Mech)
	case (s.TLS.Cert == "") != (s.TLS.Key == ""):
		return nil, fmt.Errorf("tls_cert and tls_key go together")
	}
	return s, nil
}

// needsPassword are the SASL mechanisms that there are, and whether they take a
// name and a password.
var needsPassword = map[string]bool{"EXTERNAL": false, "PLAIN": true, "SCRAM-SHA-1": true, "SCRAM-SHA-256": true, "SCRAM-SHA-512": true}

func hide(key, word string) string {
	if key == "credentials" {
		return key
	}
	return word
}

// LocalBase is what the search base is called in the copy.
func (s *Settings) LocalBase() string {
	if s.Massage != "" {
		return s.Massage
	}
	return s.Base
}

func (s *Settings) set(key, v string) (err error) {
	switch key {
	case "rid":
		s.RID, err = strconv.Atoi(v)
		if err == nil && (s.RID < 0 || s.RID > 999) {
			err = fmt.Errorf("%q is not a number from 0 to 999", v)
		}
	case "provider":
		if !strings.HasPrefix(v, "ldap://") && !strings.HasPrefix(v, "ldaps://") && !strings.HasPrefix(v, "ldapi://") {
			err = fmt.Errorf("%q is no LDAP URL", v)
		}
		s.Provider = v
	case "type":
		switch strings.ToLower(v) {
		case "refreshonly":
		case "refreshandpersist":
			s.Persist = true
		default:
			err = fmt.Errorf("unknown type %q", v)
		}
	case "interval":
		s.Interval, err = interval(v)
	case "retry":
		s.Retry, err = retries(v)
	case "searchbase":
		s.Base = v
	case "suffixmassage":
		s.Massage = v
	case "filter":
		s.Filter = v
	case "scope":
		switch v = strings.ToLower(v); v {
		case "sub", "subtree":
			s.Scope = "sub"
		case "one", "onelevel":
			s.Scope = "one"
		case "base", "subord":
			s.Scope = v
		default:
			err = fmt.Errorf("unknown scope %q", v)
		}
	case "attrs":
		s.Attrs = list(v)
	case "exattrs":
		s.Without = list(v)
	case "attrsonly":
		if err = oneOf(v, "no"); err != nil {
			err = fmt.Errorf("a copy without values is no copy")
		}
	case "timelimit":
		if v != "unlimited" {
			s.TimeLimit, err = strconv.Atoi(v)
		}
	case "sizelimit":
		if v != "unlimited" && v != "0" {
			err = fmt.Errorf("a part of the content is no copy")
		}
	case "schemachecking":
		s.CheckAll, err = truth(v)
	case "managedsait":
		var on bool
		on, err = truth(v)
		s.NoManage = !on
	case "lazycommit", "strictrefresh":
		// Every transaction is durable, and a refresh ends at the first entry
		// that cannot be stored.
		_, err = truth(v)
	case "keepalive":
		s.KeepAlive, err = keepAlive(v)
	case "timeout", "network-timeout":
		var n int
		if n, err = strconv.Atoi(v); err == nil && n > 0 {
			if s.Timeout = time.Duration(n) * time.Second; key == "network-timeout" {
				s.Timeout, s.DialTimeout = 30*time.Second, s.Timeout
			}
		}
	case "maxdelete":
		if n, ok := strings.CutSuffix(v, "%"); ok {
			s.MaxDeletePercent, err = strconv.Atoi(n)
		} else {
			s.MaxDelete, err = strconv.Atoi(v)
		}
	case "syncdata":
		if !strings.EqualFold(v, "default") {
			err = fmt.Errorf("is not supported yet")
		}
	case "logbase", "logfilter":
		err = fmt.Errorf("is not supported yet")
	default:
		return s.setSecurity(key, v)
	}
	return err
}

// setSecurity takes the parameters of bind and TLS.
func (s *Settings) setSecurity(key, v string) (err error) {
	t := &s.TLS
	switch key {
	case "binddn":
		s.Bind.DN = v
	case "credentials":
		s.Bind.Password = v
	case "saslmech":
		s.Bind.Mech = strings.ToUpper(v)
		if _, ok := needsPassword[s.Bind.Mech]; !ok {
			err = fmt.Errorf("mechanism %q is not there", v)
		}
	case "authcid":
		s.Bind.User = v
	case "authzid":
		s.Bind.Authz = v
	case "realm":
		s.Bind.Realm = v
	case "secprops":
		err = s.Bind.secprops(v)
	case "starttls":
		switch v = strings.ToLower(v); v {
		case "yes", "critical":
			t.Start = v
		default:
			err = oneOf(v, "no")
		}
	case "tls_cert":
		t.Cert = v
	case "tls_key":
		t.Key = v
	case "tls_cacert":
		t.CACert = v
	case "tls_cacertdir":
		t.CADir = v
	case "tls_reqcert":
		t.ReqCert = strings.ToLower(v)
		err = oneOf(t.ReqCert, "never", "allow", "try", "demand", "hard", "true")
	case "tls_reqsan":
		t.ReqSAN = strings.ToLower(v)
		err = oneOf(t.ReqSAN, "never", "allow", "try", "demand", "hard", "true")
	case "tls_cipher_suite":
		t.Ciphers = v // TLS 1.2 and 1.3 suites are Go's choice
	case "tls_protocol_min":
		t.Protocol = v
		err = oneOf(v, "3.0", "3.1", "3.2", "3.3", "3.4")
	case "tls_crlcheck":
		if err = oneOf(strings.ToLower(v), "none"); err != nil {
			err = fmt.Errorf("revocation lists are not looked at")
		}
	default:
		err = fmt.Errorf("unknown key")
	}
	return err
}

func (b *Bind) secprops(v string) error {
	for _, w := range strings.Split(strings.ToLower(v), ",") {
		num, isSSF := strings.CutPrefix(w, "minssf=")
		switch {
		case w == "none", w == "":
			b.NoPlain, b.MinSSF = false, 0
		case w == "noplain":
			b.NoPlain = true
		case w == "noanonymous", w == "nodict", w == "noactive", w == "forwardsec", w == "passcred", strings.HasPrefix(w, "maxssf="),
			strings.HasPrefix(w, "maxbufsize="):
		case isSSF:
			n, err := strconv.Atoi(num)
			if err != nil || n < 0 {
				return fmt.Errorf("%q is no number", num)
			}
			b.MinSSF = n
		default:
			return fmt.Errorf("unknown property %q", w)
		}
	}
	return nil
}

func oneOf(v string, list ...string) error {
	for _, w := range list {
		if v == w {
			return nil
		}
	}
	return fmt.Errorf("unknown word %q", v)
}

func truth(v string) (bool, error) {
	switch strings.ToLower(v) {
	case "on", "yes", "true", "1":
		return true, nil
	case "off", "no", "false", "0":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither on nor off", v)
}

func list(v string) []string {
	return strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
}

// keepAlive reads idle:probes:interval in seconds.
func keepAlive(v string) (c net.KeepAliveConfig, err error) {
	parts := strings.Split(v, ":")
	if len(parts) != 3 {
		return c, fmt.Errorf("%q is not idle:probes:interval", v)
	}
	var n [3]int
	for i, p := range parts {
		if n[i], err = strconv.Atoi(p); err != nil || n[i] < 0 {
			return c, fmt.Errorf("%q is not idle:probes:interval", v)
		}
	}
	// 0 takes the system's value
	return net.KeepAliveConfig{Enable: true, Idle: system(n[0]), Count: max(n[1], -1), Interval: system(n[2])}, nil
}

func system(seconds int) time.Duration {
	if seconds == 0 {
		return -1
	}
	return time.Duration(seconds) * time.Second
}

// interval reads dd:hh:mm:ss.
func interval(v string) (time.Duration, error) {
	parts := strings.Split(v, ":")
	if len(parts) != 4 {
		return 0, fmt.Errorf("%q is not dd:hh:mm:ss", v)
	}
	var d time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		n, err := strconv.ParseUint(parts[i], 10, 16)
		if err != nil {
			return 0, fmt.Errorf("%q is not dd:hh:mm:ss", v)
		}
		d += time.Duration(n) * unit
	}
	if d <= 0 {
		return 0, fmt.Errorf("%q is no time", v)
	}
	return d, nil
}

// retries reads pairs of seconds and a number of times, "+" for ever.
func retries(v string) ([]Retry, error) {
	f := strings.Fields(v)
	if len(f) == 0 || len(f)%2 != 0 {
		return nil, fmt.Errorf("%q is not pairs of seconds and times", v)
	}
	var list []Retry
	for i := 0; i < len(f); i += 2 {
		sec, err := strconv.Atoi(f[i])
		times := -1
		if err == nil && f[i+1] != "+" {
			times, err = strconv.Atoi(f[i+1])
			if err == nil && times <= 0 {
				err = fmt.Errorf("no")
			}
		}
		if err != nil || sec <= 0 {
			return nil, fmt.Errorf("%q is not pairs of seconds and times", v)
		}
		list = append(list, Retry{time.Duration(sec) * time.Second, times})
	}
	return list, nil
}
