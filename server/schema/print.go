package schema

import (
	"slices"
	"strconv"
	"strings"
)

// printer writes the text of one element (RFC 4512 section 4.1).
type printer struct{ strings.Builder }

func newPrinter(oid string, names []string, desc string, obsolete bool) *printer {
	p := &printer{}
	p.WriteString("( ")
	p.WriteString(oid)
	switch len(names) {
	case 0:
	case 1:
		p.WriteString(" NAME '" + names[0] + "'")
	default:
		p.WriteString(" NAME (")
		for _, n := range names {
			p.WriteString(" '" + n + "'")
		}
		p.WriteString(" )")
	}
	if desc != "" {
		p.WriteString(" DESC ")
		p.quote(desc)
	}
	p.flag("OBSOLETE", obsolete)
	return p
}

func (p *printer) quote(s string) {
	p.WriteByte('\'')
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\'':
			p.WriteString(`\27`)
		case '\\':
			p.WriteString(`\5C`)
		default:
			p.WriteByte(s[i])
		}
	}
	p.WriteByte('\'')
}

func (p *printer) flag(word string, on bool) {
	if on {
		p.WriteByte(' ')
		p.WriteString(word)
	}
}

func (p *printer) item(word, value string) {
	if value != "" {
		p.WriteString(" " + word + " " + value)
	}
}

func (p *printer) list(word string, names []string) {
	switch len(names) {
	case 0:
	case 1:
		p.item(word, names[0])
	default:
		p.WriteString(" " + word + " ( " + strings.Join(names, " $ ") + " )")
	}
}

func (p *printer) end(ext []Extension) string {
	for _, e := range ext {
		p.WriteString(" " + e.Name + " ")
		if len(e.Values) == 1 {
			p.quote(e.Values[0])
			continue
		}
		p.WriteString("(")
		for _, v := range e.Values {
			p.WriteByte(' ')
			p.quote(v)
		}
		p.WriteString(" )")
	}
	p.WriteString(" )")
	return p.Builder.String()
}

func typeNames(types []*AttributeType) []string {
	out := make([]string, len(types))
	for i, t := range types {
		out[i] = t.Name()
	}
	return out
}

func classNames(classes []*ObjectClass) []string {
	out := make([]string, len(classes))
	for i, c := range classes {
		out[i] = c.Name()
	}
	return out
}

// String is the RFC 4512 text of the syntax.
func (x *Syntax) String() string {
	return newPrinter(x.OID, nil, x.Desc, false).end(x.Extensions)
}

// String is the RFC 4512 text of the rule.
func (r *MatchingRule) String() string {
	p := newPrinter(r.OID, r.Names, r.Desc, r.Obsolete)
	if r.Syntax != nil {
		p.item("SYNTAX", r.Syntax.OID)
	}
	return p.end(r.Extensions)
}

// String is the RFC 4512 text of the type: what its definition says itself,
// without what it inherits.
func (a *AttributeType) String() string {
	p := newPrinter(a.OID, a.Names, a.Desc, a.Obsolete)
	own := func(r, inherited *MatchingRule, said string) string {
		if r == nil || a.def != nil && said == "" || a.def == nil && r == inherited {
			return ""
		}
		return r.Names[0]
	}
	var up AttributeType
	if a.Sup != nil {
		up = *a.Sup
		p.item("SUP", a.Sup.Name())
	}
	d := a.def
	if d == nil {
		d = &definition{}
	}
	p.item("EQUALITY", own(a.Equality, up.Equality, d.equality))
	p.item("ORDERING", own(a.Ordering, up.Ordering, d.ordering))
	p.item("SUBSTR", own(a.Substr, up.Substr, d.substr))
	if a.Syntax != nil && (a.Sup == nil || a.Syntax != up.Syntax || a.def != nil && a.def.syntax != "") {
		x := a.Syntax.OID
		if a.Length > 0 {
			x += "{" + strconv.Itoa(a.Length) + "}"
		}
		p.item("SYNTAX", x)
	}
	p.flag("SINGLE-VALUE", a.SingleValue)
	p.flag("COLLECTIVE", a.Collective)
	p.flag("NO-USER-MODIFICATION", a.NoUserModification)
	switch a.Usage {
	case DirectoryOperation:
		p.item("USAGE", "directoryOperation")
	case DistributedOperation:
		p.item("USAGE", "distributedOperation")
	case DSAOperation:
		p.item("USAGE", "dSAOperation")
	}
	return p.end(a.Extensions)
}

// String is the RFC 4512 text of the class.
func (o *ObjectClass) String() string {
	p := newPrinter(o.OID, o.Names, o.Desc, o.Obsolete)
	p.list("SUP", classNames(o.Sups))
	switch o.Kind {
	case Structural:
		p.flag("STRUCTURAL", true)
	case Abstract:
		p.flag("ABSTRACT", true)
	case Auxiliary:
		p.flag("AUXILIARY", true)
	}
	p.list("MUST", typeNames(o.Must))
	p.list("MAY", typeNames(o.May))
	return p.end(o.Extensions)
}

// String is the RFC 4512 text of the content rule.
func (r *ContentRule) String() string {
	p := newPrinter(r.OID, r.Names, r.Desc, r.Obsolete)
	p.list("AUX", classNames(r.Aux))
	p.list("MUST", typeNames(r.Must))
	p.list("MAY", typeNames(r.May))
	p.list("NOT", typeNames(r.Not))
	return p.end(r.Extensions)
}

// String is the RFC 4512 text of the name form.
func (f *NameForm) String() string {
	p := newPrinter(f.OID, f.Names, f.Desc, f.Obsolete)
	p.item("OC", f.Class.Name())
	p.list("MUST", typeNames(f.Must))
	p.list("MAY", typeNames(f.May))
	return p.end(f.Extensions)
}

// String is the RFC 4512 text of the structure rule.
func (r *StructureRule) String() string {
	p := newPrinter(strconv.Itoa(r.ID), r.Names, r.Desc, r.Obsolete)
	form := r.Form.OID
	if len(r.Form.Names) > 0 {
		form = r.Form.Names[0]
	}
	p.item("FORM", form)
	if len(r.Sups) > 0 {
		ids := make([]string, len(r.Sups))
		for i, id := range r.Sups {
			ids[i] = strconv.Itoa(id)
		}
		if len(ids) == 1 {
			p.item("SUP", ids[0])
		} else {
			p.WriteString(" SUP ( " + strings.Join(ids, " ") + " )")
		}
	}
	return p.end(r.Extensions)
}

// MatchingRuleUses gives MatchingRuleUseDescriptions: for each rule the types
// whose values it can be used on, that is those with the same syntax as some
// type that names the rule, or with a definition that names it.
func (s *Schema) MatchingRuleUses() []string {
	var out []string
	for _, r := range s.ruleList {
		var names []string
		for _, t := range s.typeList {
			if t.Equality == r || t.Ordering == r || t.Substr == r || r.Use == UseEquality && r.Syntax == t.Syntax && t.Equality != nil {
				names = append(names, t.Name())
			}
		}
		if len(names) == 0 {
			continue
		}
		slices.Sort(names)
		p := newPrinter(r.OID, r.Names, r.Desc, r.Obsolete)
		p.list("APPLIES", slices.Compact(names))
		out = append(out, p.end(nil))
	}
	return out
}
