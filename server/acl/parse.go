package acl

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"libslapi/server/filter"
)

// control says where the evaluation goes on after a "by" clause that matched.
type control int

const (
	stop     control = iota // here it ends
	goOn                    // "continue": the next by clause of this directive
	breakOut                // "break": the next directive for this target
)

// style of a DN, value or peer name pattern.
type style int

const (
	exact style = iota
	one
	subtree
	children
	regex
	level // level{n}
	ip
	path
)

var styleNames = map[string]style{
	"": exact, "exact": exact, "base": exact, "baseobject": exact, "regex": regex,
	"one": one, "onelevel": one, "sub": subtree, "subtree": subtree, "children": children,
	"ip": ip, "ipv6": ip, "path": path,
}

// pattern is a DN, value or peer pattern as written, prepared by resolve.
type pattern struct {
	style  style
	level  int
	expand bool // the text has references to submatches of the <what> clause
	text   string
	norm   string // normal form of the DN, without expand
	re     *regexp.Regexp
	addr   netip.Prefix
	port   string
}

type who struct {
	kind    string // "*", "anonymous", "users", "self", "dn", "group", "dnattr", "peername", "sockname", "sockurl", "ssf"
	pat     pattern
	attr    string // dnattr; group's member attribute
	class   string // group's object class
	minimum int    // ssf
}

type clause struct {
	whos    []who // all must match
	access  access
	control control
}

// Rule is one access directive.
type Rule struct {
	where   string
	dn      *pattern // nil: every entry
	filter  *filter.Node
	attrs   []string // as written; nil: all, entry and children included
	val     *pattern
	clauses []clause
	what    what // worked out by resolve
}

// Where is the place of the directive in the configuration.
func (r *Rule) Where() string { return r.where }

// Parse reads one directive, split into words with their quotes taken away:
// "access to WHAT by WHO ACCESS CONTROL by ...", the first word and an ordering
// prefix "{n}" may be missing. where ("file:line") goes into errors. Names in
// the directive are looked up when a Set is made of it.
func Parse(words []string, where string) (*Rule, error) {
	p := &parser{words: words, where: where}
	r, err := p.rule()
	if err != nil {
		if where != "" {
			return nil, fmt.Errorf("%s: access: %w", where, err)
		}
		return nil, fmt.Errorf("access: %w", err)
	}
	return r, nil
}

type parser struct {
	words []string
	where string
}

func (p *parser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0]
}

func (p *parser) next() string {
	w := p.peek()
	if len(p.words) > 0 {
		p.words = p.words[1:]
	}
	return w
}

var ordering = regexp.MustCompile(`^\{-?\d+\}`)

func (p *parser) rule() (*Rule, error) {
	if len(p.words) > 0 {
		if strings.EqualFold(p.words[0], "access") {
			p.next()
		}
	}
	first := ordering.ReplaceAllString(p.next(), "")
	if first == "" && len(p.words) > 0 {
		first = p.next()
	}
	if !strings.EqualFold(first, "to") {
		return nil, fmt.Errorf("%q found where \"to\" should be", first)
	}
	r := &Rule{where: p.where}
	if err := p.target(r); err != nil {
		return nil, err
	}
	for len(p.words) > 0 {
		c, err := p.clause()
		if err != nil {
			return nil, err
		}
		r.clauses = append(r.clauses, c)
	}
	if len(r.clauses) == 0 {
		return nil, fmt.Errorf("no \"by\" clause")
	}
	return r, nil
}

// target reads the <what> part.
func (p *parser) target(r *Rule) error {
	n := 0
	for ; len(p.words) > 0 && !strings.EqualFold(p.peek(), "by"); n++ {
		w := p.next()
		if w == "*" {
			continue
		}
		left, right, ok := strings.Cut(w, "=")
		if !ok {
			return fmt.Errorf("%q found where <what> or \"by\" should be", w)
		}
		left, styleName, _ := strings.Cut(left, ".")
		switch name := strings.ToLower(left); {
		case name == "dn":
			if r.dn != nil {
				return fmt.Errorf("a second dn in one <what>")
			}
			pat, err := newPattern(styleName, right)
			if err != nil {
				return err
			}
			if pat.style != exact || right != "*" {
				r.dn = &pat
			}
		case name == "filter":
			f, err := filter.Parse(right)
			if err != nil {
				return fmt.Errorf("filter %q: %w", right, err)
			}
			r.filter = f
		case name == "attr" || name == "attrs":
			if right == "" {
				return fmt.Errorf("empty attribute list")
			}
			r.attrs = append(r.attrs, strings.Split(right, ",")...)
		case name == "val" || strings.HasPrefix(name, "val/"):
			if len(r.attrs) != 1 {
				return fmt.Errorf("val= needs exactly one attribute before it")
			}
			pat, err := newPattern(styleName, right)
			if err != nil {
				return err
			}
			r.val = &pat
		default:
			return fmt.Errorf("unknown <what> %q", w)
		}
	}
	if n == 0 {
		return fmt.Errorf("no <what>")
	}
	return nil
}

func (p *parser) clause() (clause, error) {
	var c clause
	c.access.op = '+' // no access named: +0
	if w := p.next(); !strings.EqualFold(w, "by") {
		return c, fmt.Errorf("%q found where \"by\" should be", w)
	}
	for len(p.words) > 0 && !strings.EqualFold(p.peek(), "by") {
		w := p.peek()
		if ctl, ok := controls[strings.ToLower(w)]; ok {
			p.next()
			c.control = ctl
			break
		}
		if len(c.whos) > 0 && isAccess(w) {
			p.next()
			c.access, _ = parseAccess(w)
			if ctl, ok := controls[strings.ToLower(p.peek())]; ok {
				p.next()
				c.control = ctl
			}
			break
		}
		one, err := parseWho(w)
		if err != nil {
			return c, err
		}
		p.next()
		c.whos = append(c.whos, one)
	}
	if len(c.whos) == 0 {
		return c, fmt.Errorf("a \"by\" without <who>")
	}
	return c, nil
}

var controls = map[string]control{"stop": stop, "continue": goOn, "break": breakOut}

func parseWho(w string) (who, error) {
	left, right, has := strings.Cut(w, "=")
	left, styleName, _ := strings.Cut(left, ".")
	name, options, _ := strings.Cut(left, "/")
	// We authenticate and authorize as one name, so the real forms are the same.
	name = strings.TrimPrefix(strings.ToLower(name), "real")
	switch name {
	case "*", "anonymous", "users", "self":
		if has {
			return who{}, fmt.Errorf("<who> %q takes no value", w)
		}
		pat, err := newPattern(styleName, "")
		return who{kind: name, pat: pat}, err
	case "dn", "peername", "sockname", "sockurl":
		if !has {
			return who{}, fmt.Errorf("<who> %q needs a value", w)
		}
		if name == "dn" && styleName == "" && right == "*" {
			return who{kind: "users"}, nil
		}
		pat, err := newPattern(styleName, right)
		if err == nil && pat.style == ip && name == "peername" {
			err = pat.parseAddress()
		}
		return who{kind: name, pat: pat}, err
	case "group":
		class, attr, _ := strings.Cut(options, "/")
		if class == "" {
			class = "groupOfNames"
		}
		if attr == "" {
			attr = "member"
		}
		if right == "" {
			return who{}, fmt.Errorf("<who> %q needs a group", w)
		}
		pat, err := newPattern(styleName, right)
		return who{kind: name, pat: pat, attr: attr, class: class}, err
	case "dnattr":
		if right == "" {
			return who{}, fmt.Errorf("<who> %q needs an attribute", w)
		}
		return who{kind: name, attr: right}, nil
	case "ssf", "transport_ssf", "tls_ssf", "sasl_ssf":
		n, err := strconv.Atoi(right)
		if err != nil || n < 0 {
			return who{}, fmt.Errorf("<who> %q needs a number", w)
		}
		return who{kind: "ssf", minimum: n}, nil
	}
	return who{}, fmt.Errorf("unknown <who> %q", w)
}

func newPattern(styleName, text string) (pattern, error) {
	p := pattern{text: text}
	base, modifier, _ := strings.Cut(strings.ToLower(styleName), ",")
	switch modifier {
	case "":
	case "expand":
		p.expand = true
	default:
		return p, fmt.Errorf("unknown modifier %q", modifier)
	}
	if base == "expand" {
		p.expand, base = true, ""
	}
	if n, ok := strings.CutPrefix(base, "level{"); ok {
		var err error
		if p.level, err = strconv.Atoi(strings.TrimSuffix(n, "}")); err != nil {
			return p, fmt.Errorf("bad style %q", styleName)
		}
		p.style = level
		return p, nil
	}
	var ok bool
	if p.style, ok = styleNames[base]; !ok {
		return p, fmt.Errorf("unknown style %q", styleName)
	}
	return p, nil
}

// parseAddress reads IP[%MASK|/BITS][{PORT}].
func (p *pattern) parseAddress() error {
	text := p.text
	if i := strings.IndexByte(text, '{'); i >= 0 {
		p.port = strings.TrimSuffix(text[i+1:], "}")
		text = text[:i]
	}
	host, mask, masked := strings.Cut(text, "%")
	if h, b, ok := strings.Cut(host, "/"); ok {
		host, mask, masked = h, b, true
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return fmt.Errorf("bad address %q", p.text)
	}
	bits := addr.BitLen()
	if masked {
		if n, err := strconv.Atoi(mask); err == nil {
			bits = n
		} else if m, err := netip.ParseAddr(mask); err == nil {
			if bits = prefixLength(m.AsSlice()); bits < 0 {
				return fmt.Errorf("mask %q has holes", mask)
			}
		} else {
			return fmt.Errorf("bad mask %q", mask)
		}
	}
	p.addr = netip.PrefixFrom(addr, bits)
	if !p.addr.IsValid() {
		return fmt.Errorf("bad mask %q", mask)
	}
	return nil
}

func prefixLength(mask []byte) int {
	n, ended := 0, false
	for _, b := range mask {
		for bit := 7; bit >= 0; bit-- {
			if b>>bit&1 == 1 {
				if ended {
					return -1
				}
				n++
			} else {
				ended = true
			}
		}
	}
	return n
}
