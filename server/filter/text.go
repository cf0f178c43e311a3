package filter

import (
	"fmt"
	"strings"
)

// ParseError says where the text of a filter goes wrong.
type ParseError struct {
	Text   string
	Offset int
	Reason string
}

func (e *ParseError) Error() string {
	return fmt.Sprintf("bad search filter at offset %d: %s", e.Offset, e.Reason)
}

// Parse reads the text of a filter (RFC 4515, with the absolute filters (&)
// and (|) of RFC 4526). As the peers do, it takes a single item without its
// parentheses, blanks around filters, and an item that is a set without them
// ("&(a=b)(c=d)"). The error is a *ParseError.
func Parse(text string) (*Node, error) {
	p := parser{s: text, end: len(text)}
	p.blanks()
	for p.end > p.at && blank(text[p.end-1]) {
		p.end--
	}
	var n *Node
	if p.at < p.end && text[p.at] != '(' {
		n = p.inside(0)
	} else {
		n = p.filter(0)
	}
	if p.err == nil && p.at < p.end {
		p.fail("something behind the filter")
	}
	if p.err != nil {
		return nil, p.err
	}
	return n, nil
}

type parser struct {
	s       string
	at, end int
	nodes   int
	err     error
}

func (p *parser) fail(reason string) *Node {
	if p.err == nil {
		p.err = &ParseError{Text: p.s, Offset: p.at, Reason: reason}
	}
	p.at = p.end
	return nil
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func (p *parser) blanks() {
	for p.at < p.end && blank(p.s[p.at]) {
		p.at++
	}
}

// peek is the next character, 0 at the end.
func (p *parser) peek() byte {
	if p.at < p.end {
		return p.s[p.at]
	}
	return 0
}

// filter reads "(" filtercomp ")".
func (p *parser) filter(depth int) *Node {
	if p.peek() != '(' {
		return p.fail("( missing")
	}
	p.at++
	p.blanks()
	n := p.inside(depth)
	if p.err == nil && p.peek() != ')' {
		return p.fail(") missing")
	}
	p.at++
	return n
}

// inside reads what stands between the parentheses.
func (p *parser) inside(depth int) *Node {
	if depth > MaxDepth {
		return p.fail(ErrTooDeep.Error())
	}
	if p.nodes++; p.nodes > MaxNodes {
		return p.fail(ErrTooLarge.Error())
	}
	var n Node
	switch p.peek() {
	case '&':
		n.Kind = And
	case '|':
		n.Kind = Or
	case '!':
		n.Kind = Not
	default:
		return p.item()
	}
	p.at++
	p.blanks()
	for p.err == nil && p.peek() == '(' {
		k := p.filter(depth + 1)
		if k == nil {
			return nil
		}
		n.Kids = append(n.Kids, k)
		p.blanks()
	}
	if p.err == nil && n.Kind == Not && len(n.Kids) != 1 {
		return p.fail("not of other than one filter")
	}
	return &n
}

// item reads attr filtertype value, up to the closing parenthesis or the end.
func (p *parser) item() *Node {
	start := p.at
	stop := strings.IndexAny(p.s[start:p.end], "()")
	if stop < 0 {
		stop = p.end
	} else {
		stop += start
	}
	body := p.s[start:stop]
	eq := strings.IndexByte(body, '=')
	if eq < 0 {
		return p.fail("= missing")
	}
	left, right := body[:eq], body[eq+1:]
	n := &Node{Kind: Equality}
	if left != "" {
		kinds := map[byte]Kind{'>': GreaterOrEqual, '<': LessOrEqual, '~': Approx, ':': Extensible}
		if k, ok := kinds[left[len(left)-1]]; ok {
			n.Kind = k
			left = left[:len(left)-1]
		}
	}
	left = strings.TrimRight(left, " ")
	if n.Kind == Extensible {
		if !n.extensibleLeft(left) {
			return p.fail("bad extensible filter")
		}
	} else {
		if !validDescription(left) {
			return p.fail("bad attribute description")
		}
		n.Attr = left
	}
	ok := false
	switch {
	case n.Kind == Equality && right == "*":
		n.Kind, ok = Present, true
	case n.Kind == Equality && strings.IndexByte(right, '*') >= 0:
		ok = n.pieces(right)
	default:
		n.Value, ok = unescape(right)
	}
	if !ok {
		return p.fail("bad assertion value")
	}
	p.at = stop
	return n
}

// extensibleLeft reads [attr][":dn"][":" rule].
func (n *Node) extensibleLeft(s string) bool {
	parts := strings.Split(s, ":")
	n.Attr = parts[0]
	rest := parts[1:]
	if len(rest) > 0 && strings.EqualFold(rest[0], "dn") {
		n.DNAttrs = true
		rest = rest[1:]
	}
	if len(rest) > 1 {
		return false
	}
	if len(rest) == 1 {
		if n.Rule = rest[0]; !validDescription(n.Rule) {
			return false
		}
	}
	return (n.Attr != "" || n.Rule != "") && (n.Attr == "" || validDescription(n.Attr))
}

// pieces reads a substring assertion. Empty pieces are errors, as in RFC 4511.
func (n *Node) pieces(s string) bool {
	n.Kind = Substrings
	parts := strings.Split(s, "*")
	last := len(parts) - 1
	for i, part := range parts {
		v, ok := unescape(part)
		if !ok {
			return false
		}
		switch {
		case part == "" && (i == 0 || i == last):
		case part == "":
			return false
		case i == 0:
			n.Initial = v
		case i == last:
			n.Final = v
		default:
			n.Any = append(n.Any, v)
		}
	}
	return true
}

// validDescription tells whether s may stand for a type with options or for a
// rule: letters, digits and - . ; _ = of RFC 4512 and the peers' names.
func validDescription(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9', c == '-', c == '.', c == ';', c == '_':
		default:
			return false
		}
	}
	return s != ""
}

// unescape takes \XX apart. A doubled backslash, of RFC 1960, is understood too.
func unescape(s string) ([]byte, bool) {
	if strings.IndexByte(s, '\\') < 0 {
		return []byte(s), true
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out = append(out, s[i])
			continue
		}
		if i+2 < len(s) {
			h, l := unhex(s[i+1]), unhex(s[i+2])
			if h >= 0 && l >= 0 {
				out = append(out, byte(h<<4|l))
				i += 2
				continue
			}
		}
		if i+1 < len(s) && s[i+1] == '\\' {
			out = append(out, '\\')
			i++
			continue
		}
		return nil, false
	}
	return out, true
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// String is the RFC 4515 text of n: special characters, control characters and
// octets above 0x7e as \XX. Parse(n.String()) is n again. A description that is
// none is escaped in the same way, so that the text is safe to log.
func (n *Node) String() string { return string(n.AppendText(nil)) }

// AppendText appends String to dst.
func (n *Node) AppendText(dst []byte) []byte {
	dst = append(dst, '(')
	switch n.Kind {
	case And, Or, Not:
		dst = append(dst, map[Kind]byte{And: '&', Or: '|', Not: '!'}[n.Kind])
		for _, k := range n.Kids {
			dst = k.AppendText(dst)
		}
		return append(dst, ')')
	case Extensible:
		dst = appendEscaped(dst, n.Attr)
		if n.DNAttrs {
			dst = append(dst, ":dn"...)
		}
		if n.Rule != "" {
			dst = appendEscaped(append(dst, ':'), n.Rule)
		}
		dst = appendEscaped(append(dst, ":="...), n.Value)
		return append(dst, ')')
	}
	dst = appendEscaped(dst, n.Attr)
	switch n.Kind {
	case Present:
		dst = append(dst, "=*"...)
	case Substrings:
		dst = appendEscaped(append(dst, '='), n.Initial)
		dst = append(dst, '*')
		for _, p := range n.Any {
			dst = append(appendEscaped(dst, p), '*')
		}
		dst = appendEscaped(dst, n.Final)
	case GreaterOrEqual:
		dst = appendEscaped(append(dst, ">="...), n.Value)
	case LessOrEqual:
		dst = appendEscaped(append(dst, "<="...), n.Value)
	case Approx:
		dst = appendEscaped(append(dst, "~="...), n.Value)
	default:
		dst = appendEscaped(append(dst, '='), n.Value)
	}
	return append(dst, ')')
}

func appendEscaped[T string | []byte](dst []byte, s T) []byte {
	const digits = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < 0x20 || c > 0x7e || c == '(' || c == ')' || c == '*' || c == '\\' {
			dst = append(dst, '\\', digits[c>>4], digits[c&15])
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}
