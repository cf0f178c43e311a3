package acl

import (
	"fmt"
	"regexp"
	"strings"

	"libslapi/server/filter"
	"libslapi/server/schema"
)

// control says where the evaluation goes on after a "by" clause that matched.
type control int

const (
	stop     control = iota // here it ends
	goOn                    // "continue": the next by clause of this directive
	breakOut                // "break": the next directive for this target
)

type clause struct {
	whos    []who // all must match
	access  access
	control control
}

// Rule is one access directive.
type Rule struct {
	where    string
	dn       *pattern // nil: every entry
	filter   *filter.Node
	attrs    []string // as written; nil: all, entry and children included
	val      *pattern
	valMatch string // the matching rule of val, "" the attribute's own
	clauses  []clause
	what     what // worked out by resolve
	valRule  *schema.MatchingRule
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
			if err == nil {
				err = pat.allowed(styleName, exact, one, subtree, children, regex, level)
			}
			if err == nil && pat.expand {
				err = fmt.Errorf("there is nothing to expand in <what>")
			}
			if err != nil {
				return err
			}
			switch {
			case right == "*" && (pat.style == exact || pat.style == regex):
			case pat.style == regex && (right == ".*" || right == "^.*$" || right == "^.*" || right == ".*$"):
			default:
				r.dn = &pat
			}
		case name == "filter":
			f, err := filter.Parse(right)
			if err != nil {
				return fmt.Errorf("filter %q: %w", right, err)
			}
			r.filter = f
		case name == "attr" || name == "attrs":
			if r.attrs != nil {
				return fmt.Errorf("a second attrs in one <what>")
			}
			if right == "" {
				return fmt.Errorf("empty attribute list")
			}
			r.attrs = append(r.attrs, strings.Split(right, ",")...)
		case name == "val" || strings.HasPrefix(name, "val/"):
			if len(r.attrs) != 1 {
				return fmt.Errorf("val= needs exactly one attribute before it")
			}
			if r.val != nil {
				return fmt.Errorf("a second val in one <what>")
			}
			pat, err := newPattern(styleName, right)
			if err == nil {
				err = pat.allowed(styleName, exact, one, subtree, children, regex)
			}
			if err == nil && pat.expand {
				err = fmt.Errorf("there is nothing to expand in <what>")
			}
			if err != nil {
				return err
			}
			r.val = &pat
			_, r.valMatch, _ = strings.Cut(left, "/")
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
		for i := range c.whos {
			if c.whos[i].slot() == one.slot() {
				return c, fmt.Errorf("a second %s in one \"by\"", one.slot())
			}
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
