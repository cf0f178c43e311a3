package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"libslapi/server/dn"
)

// Unlimited is the value of a limit that is not set to any number.
const Unlimited = -1

// Limit is a soft limit, taken when the client asks for none, and a hard one,
// which caps what it asks for. Hard 0 means the same as Soft.
type Limit struct{ Soft, Hard int }

// Limits are the limits of searches.
type Limits struct {
	Size, Time Limit
	Unchecked  int // candidates a search may look at; Unlimited by default
}

// DefaultLimits are slapd's: 500 entries, an hour.
func DefaultLimits() Limits {
	return Limits{Size: Limit{Soft: 500}, Time: Limit{Soft: 3600}, Unchecked: Unlimited}
}

// LimitWho is whom a limits line is about.
type LimitWho int

const (
	LimitAnonymous LimitWho = iota
	LimitUsers
	LimitDN
	LimitGroup
)

// LimitRule is one limits line. The first one that fits a requestor counts.
type LimitRule struct {
	Who         LimitWho
	Style       string // of LimitDN: exact, onelevel, subtree, children, regex
	This        bool   // the base of the search is matched in place of the requestor
	DN          dn.Name
	Regex       *regexp.Regexp
	Class, Attr string // of LimitGroup
	Limits      Limits
	Words       []string // as written
}

// parseLimit reads one limit of a limits, sizelimit or timelimit line
// (size.soft=10, time=unlimited, ...) into l. kind, when not "", is what a bare
// number sets.
func parseLimit(l *Limits, word, kind string) error {
	if kind != "" && !strings.Contains(word, "=") {
		n, err := limitValue(word)
		if err != nil {
			return err
		}
		if kind == "size" {
			l.Size = Limit{Soft: n}
		} else {
			l.Time = Limit{Soft: n}
		}
		return nil
	}
	name, value, ok := strings.Cut(word, "=")
	if !ok {
		return fmt.Errorf("unable to parse limit %q", word)
	}
	base, sub, _ := strings.Cut(strings.ToLower(name), ".")
	var at *Limit
	switch base {
	case "size":
		at = &l.Size
	case "time":
		at = &l.Time
	default:
		return fmt.Errorf("unable to parse limit %q", word)
	}
	var n int
	var err error
	if !(sub == "hard" && strings.EqualFold(value, "soft")) && sub != "pr" && sub != "prtotal" &&
		!(sub == "unchecked" && strings.EqualFold(value, "disabled")) {
		if n, err = limitValue(value); err != nil {
			return fmt.Errorf("unable to parse limit %q", word)
		}
	}
	switch sub {
	case "":
		*at = Limit{Soft: n}
	case "soft":
		at.Soft = n
	case "hard":
		at.Hard = n
	case "unchecked":
		if base != "size" {
			return fmt.Errorf("unable to parse limit %q", word)
		}
		l.Unchecked = n // 0: disabled
	case "pr", "prtotal":
		if base != "size" {
			return fmt.Errorf("unable to parse limit %q", word)
		}
	default:
		return fmt.Errorf("unable to parse limit %q", word)
	}
	return nil
}

func limitValue(v string) (int, error) {
	if strings.EqualFold(v, "unlimited") || strings.EqualFold(v, "none") || v == "-1" {
		return Unlimited, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("unable to parse limit %q", v)
	}
	return n, nil
}

// parseLimitsLine reads "<selector> <limit>...".
func parseLimitsLine(words []string, base Limits, canon dn.Canon) (*LimitRule, error) {
	if len(words) < 2 {
		return nil, errors.New("a selector and at least one limit are needed")
	}
	r := &LimitRule{Limits: base, Words: words}
	sel := words[0]
	key, pattern, hasPattern := strings.Cut(sel, "=")
	low := strings.ToLower(key)
	switch {
	case sel == "*" || strings.EqualFold(sel, "any"):
		r.Who, r.Style, r.Regex = LimitDN, "regex", regexp.MustCompile("")
	case strings.EqualFold(sel, "anonymous"):
		r.Who = LimitAnonymous
	case strings.EqualFold(sel, "users"):
		r.Who = LimitUsers
	case strings.HasPrefix(low, "group"):
		if !hasPattern {
			return nil, fmt.Errorf("group selector without a name %q", sel)
		}
		r.Who, r.Class, r.Attr = LimitGroup, "groupOfNames", "member"
		parts := strings.Split(key, "/")
		if len(parts) > 1 {
			r.Class = parts[1]
		}
		if len(parts) > 2 {
			r.Attr = parts[2]
		}
		var err error
		if r.DN, err = dn.NewName(pattern, canon); err != nil {
			return nil, fmt.Errorf("%q: %v", pattern, err)
		}
	default:
		if err := r.parseDN(sel, low, pattern, hasPattern, canon); err != nil {
			return nil, err
		}
	}
	for _, w := range words[1:] {
		if err := parseLimit(&r.Limits, w, ""); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *LimitRule) parseDN(sel, low, pattern string, hasPattern bool, canon dn.Canon) error {
	r.Who, r.Style = LimitDN, "exact"
	if !hasPattern || (low != "dn" && !strings.HasPrefix(low, "dn.")) {
		pattern = sel
	} else {
		for _, s := range strings.Split(low, ".")[1:] {
			switch s {
			case "self":
			case "this":
				r.This = true
			case "exact", "base":
				r.Style = "exact"
			case "one", "onelevel":
				r.Style = "onelevel"
			case "sub", "subtree":
				r.Style = "subtree"
			case "children", "regex":
				r.Style = s
			case "anonymous":
				r.Who = LimitAnonymous
				return nil
			default:
				return fmt.Errorf("unknown DN style %q in %q", s, sel)
			}
		}
	}
	var err error
	if r.Style == "regex" {
		r.Regex, err = regexp.Compile("(?i)" + pattern)
	} else {
		r.DN, err = dn.NewName(pattern, canon)
	}
	if err != nil {
		return fmt.Errorf("%q: %v", pattern, err)
	}
	return nil
}
