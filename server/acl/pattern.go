package acl

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"libslapi/server/dn"
	"libslapi/server/schema"
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
	ipv6
	path
	expand // exact with submatches put in
)

var styleNames = map[string]style{
	"": exact, "exact": exact, "base": exact, "baseobject": exact, "regex": regex,
	"one": one, "onelevel": one, "sub": subtree, "subtree": subtree, "children": children,
	"ip": ip, "ipv6": ipv6, "path": path, "expand": expand,
}

// pattern is a DN, value or peer pattern as written, prepared by resolve.
type pattern struct {
	style  style
	level  int
	expand bool // the text has references to submatches of the <what> clause
	any    bool // "*": all that are known at all
	text   string
	norm   string // normal form of the DN or of the value, without expand
	re     *regexp.Regexp
	addr   netip.Addr // masked
	mask   []byte
	port   string
}

func newPattern(styleName, text string) (pattern, error) {
	p := pattern{text: text}
	base, modifier, has := strings.Cut(strings.ToLower(styleName), ",")
	switch {
	case !has:
	case modifier == "expand":
		p.expand = true
	default:
		return p, fmt.Errorf("unknown modifier %q", modifier)
	}
	if n, ok := strings.CutPrefix(base, "level{"); ok {
		var err error
		if p.level, err = strconv.Atoi(strings.TrimSuffix(n, "}")); err != nil || !strings.HasSuffix(n, "}") {
			return p, fmt.Errorf("bad style %q", styleName)
		}
		p.style = level
		return p, nil
	}
	var ok bool
	if p.style, ok = styleNames[base]; !ok {
		return p, fmt.Errorf("unknown style %q", styleName)
	}
	if p.style == expand {
		p.style, p.expand = exact, true
	}
	return p, nil
}

// allowed refuses the styles that make no sense where the pattern stands.
func (p *pattern) allowed(styleName string, list ...style) error {
	for _, s := range list {
		if s == p.style {
			return nil
		}
	}
	return fmt.Errorf("inappropriate style %q", styleName)
}

// parseAddress reads IP[%MASK|/BITS][{PORT}].
func (p *pattern) parseAddress() error {
	text := p.text
	if i := strings.IndexByte(text, '{'); i >= 0 {
		n, err := strconv.ParseUint(strings.TrimSuffix(text[i+1:], "}"), 10, 16)
		if err != nil || !strings.HasSuffix(text, "}") {
			return fmt.Errorf("bad port in %q", text)
		}
		p.port = strconv.FormatUint(n, 10)
		text = text[:i]
	}
	host, mask, masked := strings.Cut(text, "%")
	if h, b, ok := strings.Cut(host, "/"); ok && !masked {
		host, mask, masked = h, b, true
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil || addr.Is4() != (p.style == ip) {
		return fmt.Errorf("bad address %q", p.text)
	}
	bits := addr.AsSlice()
	p.mask = make([]byte, len(bits))
	for i := range p.mask {
		p.mask[i] = 0xff
	}
	if masked {
		if n, err := strconv.Atoi(mask); err == nil {
			if n < 0 || n > 8*len(bits) {
				return fmt.Errorf("bad mask %q", mask)
			}
			for i := range p.mask {
				p.mask[i] = byte(0xff << (8 - min(8, max(0, n-8*i))))
			}
		} else if m, err := netip.ParseAddr(mask); err == nil && m.BitLen() == addr.BitLen() {
			p.mask = m.AsSlice()
		} else {
			return fmt.Errorf("bad mask %q", mask)
		}
	}
	p.addr = addr
	return nil
}

// holds tells whether an address, masked, is the pattern's. An address of the
// pattern with bits outside the mask fits nothing, as in slapd.
func (p *pattern) holds(a netip.Addr) bool {
	want, have := p.addr.AsSlice(), a.AsSlice()
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if have[i]&p.mask[i] != want[i] {
			return false
		}
	}
	return true
}

// resolve prepares a DN pattern.
func (p *pattern) resolve(s *schema.Schema) error {
	if p.style == regex {
		return p.resolveRegex()
	}
	if p.expand {
		return nil
	}
	name, err := dn.NewName(p.text, s)
	if err != nil {
		return fmt.Errorf("bad DN %q: %w", p.text, err)
	}
	p.norm = name.Norm
	return nil
}

// resolveRegex compiles a regular expression of a <who> clause. One with
// references to submatches is compiled when it is used; what is certain about
// it is checked now.
func (p *pattern) resolveRegex() error {
	switch p.text {
	case ".*", "^.*", ".*$", "^.*$", ".*$$", "^.*$$", "*":
		p.any = p.text != "*" // as slapd: "*" alone is no expression
		if p.any {
			return nil
		}
	}
	if strings.Contains(p.text, "$") && expandable.MatchString(p.text) {
		p.expand = true
		_, err := compile(expandable.ReplaceAllStringFunc(p.text, func(ref string) string {
			if ref == "$$" {
				return "$"
			}
			return "x"
		}))
		if err != nil {
			return fmt.Errorf("regular expression %q: %w", p.text, err)
		}
		return nil
	}
	return p.compile()
}

func (p *pattern) compile() error {
	re, err := compile(p.text)
	if err != nil {
		return fmt.Errorf("regular expression %q: %w", p.text, err)
	}
	p.re = re
	return nil
}

// compile takes an expression as regex(7) has it: no case, the longest match.
func compile(text string) (*regexp.Regexp, error) {
	re, err := regexp.Compile("(?i)" + text)
	if err != nil {
		return nil, err
	}
	re.Longest()
	return re, nil
}

// matchesText tests a text that is no name against a pattern of a <who> clause,
// without regard to case.
func (p *pattern) matchesText(text string, m *matches) bool {
	if p.any {
		return true
	}
	if p.style == regex {
		return p.matchesRegex(text, m)
	}
	want := p.text
	if p.expand {
		var ok bool
		if want, ok = m.expand(want); !ok {
			return false
		}
	}
	if p.style == subtree {
		text, want = strings.ToLower(text), strings.ToLower(want)
		return text == want || strings.HasSuffix(text, "."+want)
	}
	return strings.EqualFold(text, want)
}

func (p *pattern) matchesRegex(text string, m *matches) bool {
	re := p.re
	if re == nil {
		full, ok := m.expand(p.text)
		if !ok {
			return false
		}
		var err error
		if re, err = compile(full); err != nil {
			return false
		}
	}
	return re.MatchString(text)
}

// matchesPeer tests the client's address.
func (p *pattern) matchesPeer(peer string, m *matches) bool {
	if p.any {
		return true
	}
	switch p.style {
	case path:
		rest, ok := strings.CutPrefix(peer, "PATH=")
		return ok && rest == p.text
	case ip, ipv6:
		rest, ok := strings.CutPrefix(peer, "IP=")
		if !ok {
			return false
		}
		ap, err := netip.ParseAddrPort(rest)
		if err != nil || p.port != "" && strconv.Itoa(int(ap.Port())) != p.port {
			return false
		}
		return p.holds(ap.Addr().Unmap().WithZone(""))
	}
	return p.matchesText(peer, m)
}

// matchesName tests a normal-form name against a DN pattern of a <who> clause.
func (p *pattern) matchesName(norm string, req *Request, m *matches) bool {
	if p.any {
		return true
	}
	if p.style == regex {
		return p.matchesRegex(norm, m)
	}
	pat, ok := p.name(req, m)
	return ok && norm != "" && matchName(p.style, p.level, norm, pat)
}

// name is the normal form of a DN pattern, submatches put in.
func (p *pattern) name(req *Request, m *matches) (string, bool) {
	if !p.expand {
		return p.norm, true
	}
	text, ok := m.expand(p.text)
	if !ok {
		return "", false
	}
	name, err := dn.NewName(text, req.Schema)
	return name.Norm, err == nil
}

func matchName(st style, lev int, norm, pat string) bool {
	switch st {
	case one:
		return norm != "" && norm != pat && dn.ParentNorm(norm) == pat
	case subtree:
		return dn.IsSuffix(norm, pat)
	case children:
		return norm != pat && dn.IsSuffix(norm, pat)
	case level:
		return ancestor(norm, lev) == pat && dn.IsSuffix(norm, pat)
	}
	return norm == pat
}

// ancestor is the n-th name above norm.
func ancestor(norm string, n int) string {
	for ; n > 0 && norm != ""; n-- {
		norm = dn.ParentNorm(norm)
	}
	if n > 0 {
		return "\x00" // above the root: no name
	}
	return norm
}

// expandable finds references to submatches; "$$" is a plain "$".
var expandable = regexp.MustCompile(`\$(\d|\{[dv]?\d+\}|\$)`)

// matches are the submatches of the <what> clause, worked out when they are
// first asked for.
type matches struct {
	rule *Rule
	req  *Request
	dn   []string
	val  []string
	have bool
}

func (m *matches) fill() {
	m.have = true
	norm := m.req.Entry.Name.Norm
	switch p := m.rule.dn; {
	case p == nil || p.style == exact:
		m.dn = []string{norm}
	case p.style == regex:
		m.dn = p.re.FindStringSubmatch(norm)
	default:
		m.dn = []string{norm, p.norm}
	}
	if v := m.rule.val; v != nil && m.req.Value != nil {
		if v.style == regex {
			m.val = v.re.FindStringSubmatch(string(m.req.Value))
		} else {
			m.val = []string{string(m.req.Value)}
		}
	}
}

// expand puts submatches into a text: $n, ${n}, ${dn} of the DN, ${vn} of the
// value. Without such a submatch there is no text.
func (m *matches) expand(text string) (string, bool) {
	if !m.have {
		m.fill()
	}
	good := true
	out := expandable.ReplaceAllStringFunc(text, func(ref string) string {
		if ref == "$$" {
			return "$"
		}
		ref = strings.Trim(ref[1:], "{}")
		from := m.dn
		switch {
		case strings.HasPrefix(ref, "v"):
			from, ref = m.val, ref[1:]
		case strings.HasPrefix(ref, "d"):
			ref = ref[1:]
		}
		n, err := strconv.Atoi(ref)
		if err != nil || n >= len(from) {
			good = false
			return ""
		}
		return from[n]
	})
	return out, good
}
