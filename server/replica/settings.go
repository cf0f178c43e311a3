// Package replica is the consumer of RFC 4533: it keeps a database equal to the
// content that another server provides ("syncrepl" lines).
package replica

import (
	"fmt"
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
	Base      string
	Filter    string
	Scope     string // sub, one, base, subord
	Attrs     []string
	BindDN    string
	Password  string
	StartTLS  string // "", "yes", "critical"
	CACert    string
	ReqCert   string // never, allow, try, demand
	Timeout   time.Duration
	TimeLimit int
	// MaxDelete is the mass-delete guard: a present phase that would remove
	// more entries than this, or this share, is refused; 0 sets no bound.
	MaxDelete, MaxDeletePercent int
}

// Retry is how often to try again, and how long to wait before each.
type Retry struct {
	Wait  time.Duration
	Times int // -1: for ever
}

// ParseLine reads the words of a syncrepl line, key=value each.
func ParseLine(words []string) (*Settings, error) {
	s := &Settings{RID: -1, Interval: 24 * time.Hour, Retry: []Retry{{time.Hour, -1}}, Filter: "(objectClass=*)", Scope: "sub",
		Attrs: []string{"*", "+"}, Timeout: 30 * time.Second}
	seen := map[string]bool{}
	for _, w := range words {
		key, v, ok := strings.Cut(w, "=")
		key = strings.ToLower(key)
		if !ok || seen[key] {
			return nil, fmt.Errorf("%q is not <key>=<value>, or is there twice", hide(key, w))
		}
		seen[key] = true
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
	}
	return s, nil
}

func hide(key, word string) string {
	if key == "credentials" {
		return key
	}
	return word
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
		s.Attrs = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
	case "bindmethod":
		if !strings.EqualFold(v, "simple") {
			err = fmt.Errorf("%q is not supported yet", v)
		}
	case "binddn":
		s.BindDN = v
	case "credentials":
		s.Password = v
	case "starttls":
		switch v = strings.ToLower(v); v {
		case "yes", "critical":
			s.StartTLS = v
		case "no":
		default:
			err = fmt.Errorf("unknown word %q", v)
		}
	case "tls_cacert":
		s.CACert = v
	case "tls_reqcert":
		s.ReqCert = strings.ToLower(v)
	case "timeout", "network-timeout":
		var n int
		if n, err = strconv.Atoi(v); err == nil && n > 0 {
			s.Timeout = time.Duration(n) * time.Second
		}
	case "timelimit":
		if v != "unlimited" {
			s.TimeLimit, err = strconv.Atoi(v)
		}
	case "sizelimit":
		if v != "unlimited" && v != "0" {
			err = fmt.Errorf("a part of the content is no copy")
		}
	case "schemachecking", "lazycommit", "strictrefresh", "keepalive", "attrsonly":
		if key == "attrsonly" || v == "on" && key == "schemachecking" {
			err = fmt.Errorf("is not supported yet")
		}
	case "maxdelete":
		if n, ok := strings.CutSuffix(v, "%"); ok {
			s.MaxDeletePercent, err = strconv.Atoi(n)
		} else {
			s.MaxDelete, err = strconv.Atoi(v)
		}
	case "logbase", "logfilter", "syncdata", "suffixmassage", "exattrs", "saslmech", "authcid", "authzid", "realm", "secprops":
		err = fmt.Errorf("is not supported yet")
	default:
		err = fmt.Errorf("unknown key")
	}
	return err
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
