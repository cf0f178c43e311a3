package sasl

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Prop are security properties, of a mechanism or wanted of one.
type Prop int

const (
	NoPlain     Prop = 1 << iota // the password does not travel in clear
	NoActive                     // safe from active attacks
	NoDict                       // safe from passive dictionary attacks
	NoAnonymous                  // authenticates somebody
	ForwardSec                   // forward secrecy
	PassCred                     // the server gets the client's credentials
)

// Policy says whose attributes count when a client wants to act as another.
type Policy int

const (
	PolicyNone Policy = iota
	PolicyFrom        // authzFrom of whom it wants to be
	PolicyTo          // authzTo of itself
	PolicyAny         // either
	PolicyAll         // both
)

// Settings are the sasl-* and authz-* directives.
type Settings struct {
	Props  Prop
	MinSSF int
	Policy Policy
	// Regexps map the names that mechanisms make of user names; the first that
	// fits counts.
	Regexps []Mapping
	// Realm is a part of the names of mechanisms that have realms, and is cut
	// off user names that end in it.
	Realm string
	// NoBinding turns the channel bindings off, and with them the -PLUS mechanisms.
	// Binding, when not "", is the only one to use.
	NoBinding bool
	Binding   string
	// SearchUID looks a user name up as uid when no mapping fits (ns-slapd's
	// default mapping).
	SearchUID bool
}

// DefaultSettings are slapd's: passwords in clear on protected connections alone,
// nobody anonymous, nobody acts as another.
func DefaultSettings() Settings { return Settings{Props: NoPlain | NoAnonymous} }

// Mapping is one authz-regexp line.
type Mapping struct {
	Match   *regexp.Regexp
	Replace string // a DN or an LDAP URL, $1 to $9 stand for the groups of Match
}

// ParseMapping reads the two words of an authz-regexp line.
func ParseMapping(match, replace string) (Mapping, error) {
	re, err := regexp.CompilePOSIX(match)
	if err == nil {
		// As in slapd case does not count.
		re, err = regexp.Compile("(?i)" + match)
	}
	if err != nil {
		return Mapping{}, fmt.Errorf("bad expression %q: %v", match, err)
	}
	for i := 0; i+1 < len(replace); i++ {
		if c := replace[i+1]; replace[i] == '$' && c >= '1' && c <= '9' && int(c-'0') > re.NumSubexp() {
			return Mapping{}, fmt.Errorf("replacement %q uses $%c, but the expression has %d groups", replace, c, re.NumSubexp())
		}
	}
	return Mapping{re, replace}, nil
}

// ParseProps reads the words of a sasl-secprops line into s.
func (s *Settings) ParseProps(text string) error {
	props, min := Prop(0), 0
	for w := range strings.SplitSeq(text, ",") {
		key, value, has := strings.Cut(strings.ToLower(strings.TrimSpace(w)), "=")
		if has {
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 {
				return fmt.Errorf("bad value in %q", w)
			}
			switch key {
			case "minssf":
				min = n
			case "maxssf", "maxbufsize": // of security layers, of which there are none
			default:
				return fmt.Errorf("unknown property %q", w)
			}
			continue
		}
		p, ok := propNames[key]
		if !ok {
			return fmt.Errorf("unknown property %q", w)
		}
		props |= p
	}
	s.Props, s.MinSSF = props, min
	return nil
}

var propNames = map[string]Prop{
	"none": 0, "noplain": NoPlain, "noactive": NoActive, "nodict": NoDict, "noanonymous": NoAnonymous,
	"forwardsec": ForwardSec, "passcred": PassCred,
}

// ParsePolicy reads the word of an authz-policy line.
func ParsePolicy(word string) (Policy, error) {
	switch strings.ToLower(word) {
	case "none":
		return PolicyNone, nil
	case "from":
		return PolicyFrom, nil
	case "to":
		return PolicyTo, nil
	case "any", "both":
		return PolicyAny, nil
	case "all":
		return PolicyAll, nil
	}
	return 0, fmt.Errorf("unknown policy %q", word)
}

// ParseBinding reads the word of a sasl-cbinding line into s.
func (s *Settings) ParseBinding(word string) error {
	s.NoBinding, s.Binding = false, ""
	switch strings.ToLower(word) {
	case "none":
		s.NoBinding = true
	case "tls-unique":
		s.Binding = "tls-unique"
	case "tls-endpoint", "tls-server-end-point":
		s.Binding = "tls-server-end-point"
	case "tls-exporter":
		s.Binding = "tls-exporter"
	default:
		return fmt.Errorf("unknown channel binding %q", word)
	}
	return nil
}
