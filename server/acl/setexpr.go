package acl

import (
	"fmt"
	"strconv"
	"strings"

	"libslapi/server/dn"
)

// A set expression of "by set=": who is meant when the set that it stands for
// is not empty. Elements are texts: names in normal form, and normalised values.
//
//	[text]   the set of that one text
//	user     the requestor's name; this: the name of the entry asked about
//	X/attr   the values of attr in the entries that X names; X->attr likewise
//	X/attr*  and of attr in the entries which those name, and so on
//	X/-n     the n-th names above; X/-*: all above, and X itself
//	X & Y    in both;  X | Y: in one of them;  X + Y: each joined with each
//	( X )
//
// Operators have one precedence and stand from left to right.

// What a set may grow to, and how far a recursion may go.
const (
	setLimit = 10000
	setDepth = 64
)

type setExpr struct {
	op    byte // '[' literal, 'u' user, 't' this, '/' attribute, '-' parent, '&', '|', '+'
	text  string
	n     int // of '-': -1 all
	all   bool
	left  *setExpr
	right *setExpr
}

type setParser struct {
	s     string
	at    int
	depth int
}

// parseSet reads a set expression.
func parseSet(text string) (*setExpr, error) {
	p := &setParser{s: text}
	x, err := p.expr()
	if err == nil && p.at < len(p.s) {
		err = fmt.Errorf("%q is not expected", p.s[p.at:])
	}
	if err != nil {
		return nil, fmt.Errorf("set %q: %w", text, err)
	}
	return x, nil
}

func (p *setParser) blanks() {
	for p.at < len(p.s) && strings.IndexByte(" \t\n\r", p.s[p.at]) >= 0 {
		p.at++
	}
}

func (p *setParser) expr() (*setExpr, error) {
	if p.depth++; p.depth > setDepth {
		return nil, fmt.Errorf("too deep")
	}
	defer func() { p.depth-- }()
	left, err := p.term()
	for n := 0; err == nil; n++ {
		p.blanks()
		if p.at == len(p.s) || strings.IndexByte("&|+", p.s[p.at]) < 0 {
			break
		}
		if n > 2*setDepth {
			return nil, fmt.Errorf("too long")
		}
		x := &setExpr{op: p.s[p.at], left: left}
		p.at++
		x.right, err = p.term()
		left = x
	}
	return left, err
}

func (p *setParser) term() (*setExpr, error) {
	p.blanks()
	if p.at == len(p.s) {
		return nil, fmt.Errorf("it ends too early")
	}
	var x *setExpr
	switch c := p.s[p.at]; {
	case c == '(':
		p.at++
		var err error
		if x, err = p.expr(); err != nil {
			return nil, err
		}
		p.blanks()
		if p.at == len(p.s) || p.s[p.at] != ')' {
			return nil, fmt.Errorf("a parenthesis is open")
		}
		p.at++
	case c == '[':
		end := strings.IndexByte(p.s[p.at:], ']')
		if end < 0 {
			return nil, fmt.Errorf("a bracket is open")
		}
		text := p.s[p.at+1 : p.at+end]
		p.at += end + 1
		if strings.HasPrefix(strings.ToLower(text), "ldap:///") {
			return nil, fmt.Errorf("a search by URL is not supported in a set")
		}
		x = &setExpr{op: '[', text: text}
	default:
		switch w := p.word(); w {
		case "user":
			x = &setExpr{op: 'u'}
		case "this":
			x = &setExpr{op: 't'}
		default:
			return nil, fmt.Errorf("%q where a set should be", p.s[p.at-len(w):])
		}
	}
	for n := 0; ; n++ {
		p.blanks()
		switch {
		case p.at < len(p.s) && p.s[p.at] == '/':
			p.at++
		case strings.HasPrefix(p.s[p.at:], "->"):
			p.at += 2
		default:
			return x, nil
		}
		if n > setDepth {
			return nil, fmt.Errorf("too long")
		}
		p.blanks()
		if p.at < len(p.s) && p.s[p.at] == '-' {
			p.at++
			y := &setExpr{op: '-', left: x}
			if p.at < len(p.s) && p.s[p.at] == '*' {
				p.at++
				y.n = -1
			} else {
				w := p.word()
				n, err := strconv.Atoi(w)
				if err != nil || n < 0 {
					return nil, fmt.Errorf("a number should follow \"-\"")
				}
				y.n = n
			}
			x = y
			continue
		}
		w := p.word()
		if w == "" {
			return nil, fmt.Errorf("an attribute is missing")
		}
		x = &setExpr{op: '/', text: w, left: x}
		if p.at < len(p.s) && p.s[p.at] == '*' {
			p.at++
			x.all = true
		}
	}
}

func (p *setParser) word() string {
	from := p.at
	for p.at < len(p.s) && !strings.ContainsRune(" \t\r\n/*&|+()[]", rune(p.s[p.at])) && !strings.HasPrefix(p.s[p.at:], "->") {
		p.at++
	}
	return p.s[from:p.at]
}

// setRun is one evaluation.
type setRun struct{ req *Request }

func (x *setExpr) eval(run *setRun) []string {
	switch x.op {
	case '[':
		return []string{x.text}
	case 'u':
		if run.req.Who.Norm == "" {
			return nil
		}
		return []string{run.req.Who.Norm}
	case 't':
		return []string{run.req.Entry.Name.Norm}
	case '/':
		return run.attribute(x.left.eval(run), x.text, x.all)
	case '-':
		return above(x.left.eval(run), x.n)
	}
	left := x.left.eval(run)
	if x.op != '|' && len(left) == 0 {
		return nil
	}
	right := x.right.eval(run)
	switch x.op {
	case '|':
		return unique(append(left[:len(left):len(left)], right...))
	case '&':
		in := map[string]bool{}
		for _, v := range right {
			in[v] = true
		}
		var out []string
		for _, v := range left {
			if in[v] {
				out = append(out, v)
			}
		}
		return out
	}
	var out []string
	for _, a := range left {
		for _, b := range right {
			if len(out) < setLimit {
				out = append(out, a+b)
			}
		}
	}
	return unique(out)
}

func unique(list []string) []string {
	seen := map[string]bool{}
	out := list[:0:0]
	for _, v := range list {
		if !seen[v] && len(out) < setLimit {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

// attribute gathers the values of attr in the entries named.
func (run *setRun) attribute(names []string, attr string, all bool) []string {
	s := run.req.Schema
	desc, err := s.Describe(attr)
	if err != nil || desc.Type.Unknown {
		return nil
	}
	seen := map[string]bool{}
	var out []string
	for depth := 0; len(names) > 0 && depth < setDepth; depth++ {
		var fresh []string
		for _, text := range names {
			name, err := dn.NewName(text, s)
			if err != nil || text == "" {
				continue
			}
			e := run.req.find(name.Norm)
			if e == nil {
				continue
			}
			for _, v := range e.Values(attr) {
				t := ""
				if holdsNames(desc.Type) {
					n, err := dn.NewName(string(v), s)
					if err != nil {
						continue
					}
					t = n.Norm
				} else if key, err := desc.Type.EqualityKey(v); err == nil {
					t = string(key)
				} else {
					continue
				}
				if !seen[t] && len(out) < setLimit {
					seen[t] = true
					out, fresh = append(out, t), append(fresh, t)
				}
			}
		}
		if !all {
			break
		}
		names = fresh
	}
	return out
}

// above gives the n-th names above, with -1 all and the names themselves.
func above(names []string, n int) []string {
	var out []string
	for _, norm := range names {
		if n >= 0 {
			if a := ancestor(norm, n); a != "" && a != "\x00" {
				out = append(out, a)
			}
			continue
		}
		for ; norm != "" && len(out) < setLimit; norm = dn.ParentNorm(norm) {
			out = append(out, norm)
		}
	}
	return unique(out)
}
