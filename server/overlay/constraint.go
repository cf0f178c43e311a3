package overlay

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"libslapi/server/acl"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// constraint refuses values that break a rule (slapo-constraint(5)).
type constraint struct{ rules []constraintRule }

type constraintRule struct {
	attrs    []*schema.AttributeType
	re       *regexp.Regexp
	not      bool            // negregex
	size     int             // -1 none
	count    int             // -1 none
	uri      *uniqueURI      // values must be among those of its attributes
	set      *acl.Expression // must not be empty
	restrict *uniqueURI
}

func newConstraint(env *Env, lines [][]string) (Overlay, error) {
	c := &constraint{}
	for _, l := range lines {
		if !strings.EqualFold(l[0], "constraint_attribute") {
			return nil, fmt.Errorf("unknown directive <%s>", l[0])
		}
		if len(l) < 4 {
			return nil, fmt.Errorf("constraint_attribute needs attributes, type and value")
		}
		r := constraintRule{size: -1, count: -1}
		for _, a := range strings.Split(l[1], ",") {
			t := env.Schema.AttributeType(a)
			if t == nil {
				return nil, fmt.Errorf("constraint_attribute: unknown attribute %q", a)
			}
			r.attrs = append(r.attrs, t)
		}
		var err error
		switch typ := strings.ToLower(l[2]); typ {
		case "regex", "negregex":
			r.not = typ == "negregex"
			r.re, err = regexp.Compile(l[3])
		case "size":
			r.size, err = limit(l[3])
		case "count":
			r.count, err = limit(l[3])
		case "uri":
			var u uniqueURI
			if u, err = parseURI(env, l[3]); err == nil && len(u.attrs) == 0 {
				err = fmt.Errorf("the URI names no attribute")
			}
			r.uri = &u
		case "set":
			r.set, err = acl.ParseExpression(l[3])
		default:
			err = fmt.Errorf("unknown type %q", l[2])
		}
		if err != nil {
			return nil, fmt.Errorf("constraint_attribute: %w", err)
		}
		for _, w := range l[4:] {
			text, ok := strings.CutPrefix(w, "restrict=")
			if !ok {
				return nil, fmt.Errorf("constraint_attribute: unknown word %q", w)
			}
			if strings.Count(text, "?") < 2 {
				text += "??base"[strings.Count(text, "?"):]
			}
			u, err := parseURI(env, text)
			if err != nil {
				return nil, fmt.Errorf("constraint_attribute: restrict: %w", err)
			}
			r.restrict = &u
		}
		c.rules = append(c.rules, r)
	}
	return c, nil
}

func limit(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil {
		return -1, fmt.Errorf("%q is no number", text)
	}
	return int(n), nil
}

// Points implements Overlay.
func (*constraint) Points() []plugin.Point {
	return inTxn(plugin.KindAdd | plugin.KindModify | plugin.KindModDN)
}

// Run implements Overlay.
func (c *constraint) Run(s plugin.Services, _ plugin.Point, op *plugin.Operation) *wire.Error {
	if op.After == nil || op.Replicated {
		return nil
	}
	before := op.Before
	if op.Kind == plugin.KindAdd {
		before = nil
	}
	word := "modify"
	if op.Kind == plugin.KindAdd {
		word = "add"
	}
	for i := range c.rules {
		r := &c.rules[i]
		if r.restrict != nil && !r.restrict.inScope(op.After) {
			continue
		}
		for _, t := range r.attrs {
			all := op.After.Values(t.Name())
			fresh := 0
			for _, v := range all {
				if before != nil && before.HasValue(t.Name(), v) {
					continue
				}
				fresh++
				if r.uri != nil {
					if ok, err := r.listed(s, op, v); err != nil {
						return err
					} else if !ok {
						return wire.Errorf(wire.ConstraintViolation, "%s breaks constraint on %s", word, t.Name())
					}
				}
				if r.size >= 0 && len(v) > r.size || r.re != nil && r.re.Match(v) == r.not {
					return wire.Errorf(wire.ConstraintViolation, "%s breaks constraint on %s", word, t.Name())
				}
			}
			if r.set != nil && fresh > 0 && !r.set.Holds(setRequest(s, op)) {
				return wire.Errorf(wire.ConstraintViolation, "%s breaks constraint on %s", word, t.Name())
			}
			if r.count >= 0 && fresh > 0 && len(all) > r.count {
				return wire.Errorf(wire.ConstraintViolation, "%s breaks constraint on %s", word, t.Name())
			}
		}
	}
	return nil
}

// listed tells whether a value is one of those that the rule's URI names.
func (r *constraintRule) listed(s plugin.Services, op *plugin.Operation, v []byte) (bool, *wire.Error) {
	f := &filter.Node{Kind: filter.Or}
	for _, t := range r.uri.attrs {
		f.Kids = append(f.Kids, equal(t.Name(), v))
	}
	if r.uri.filter != nil {
		f = &filter.Node{Kind: filter.And, Kids: []*filter.Node{r.uri.filter.Clone(), f}}
	}
	list, err := search(s, op, r.uri.base, r.uri.scope, f, "1.1")
	return len(list) > 0, err
}

// setRequest is what a set is evaluated with: the entry as it will be, and the
// others as the transaction has them.
func setRequest(s plugin.Services, op *plugin.Operation) *acl.Request {
	return &acl.Request{Entry: op.After, Who: op.Requestor, Schema: s.Schema(), Lookup: func(norm string) *entry.Entry {
		if norm == op.After.Name.Norm {
			return op.After
		}
		list, err := search(s, op, dn.Name{Pretty: norm, Norm: norm}, wire.ScopeBase, present(), "*", "+")
		if err != nil || len(list) == 0 {
			return nil
		}
		e := entry.New(list[0].name)
		for _, a := range list[0].attrs {
			e.Add(s.Schema(), a.Type, a.Values...)
		}
		return e
	}}
}
