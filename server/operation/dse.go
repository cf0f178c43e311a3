package operation

import (
	"context"

	"libslapi/server/backend"
	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/wire"
)

// dseBackend holds one entry that the server makes up when it is read: the root
// DSE, the subschema entry.
type dseBackend struct {
	s     *Server
	name  string
	at    func() dn.Name
	build func(c *plugin.Conn) *entry.Entry
	db    *Database
}

func newDSE(s *Server, name string, at func() dn.Name, build func(*plugin.Conn) *entry.Entry) *dseBackend {
	d := &dseBackend{s: s, name: name, at: at, build: build}
	d.db = &Database{Backend: d, Hidden: true, Private: false, NoLastmod: true}
	return d
}

func (d *dseBackend) Name() string        { return d.name }
func (d *dseBackend) Type() string        { return d.name }
func (d *dseBackend) Suffixes() []dn.Name { return []dn.Name{d.at()} }
func (d *dseBackend) Close() error        { return nil }

func (d *dseBackend) View(context.Context) (backend.View, error) { return &dseView{d: d}, nil }

func (d *dseBackend) Begin(context.Context) (backend.Txn, error) {
	return nil, wire.Errorf(wire.UnwillingToPerform, "operation restricted")
}

type dseView struct {
	d    *dseBackend
	e    *entry.Entry
	conn *plugin.Conn // whose client reads it; nil unknown
}

func (v *dseView) entry() *entry.Entry {
	if v.e == nil {
		v.e = v.d.build(v.conn)
	}
	return v.e
}

func (v *dseView) Lookup(norm string) (*entry.Entry, error) {
	if norm != v.d.at().Norm {
		return nil, nil
	}
	return v.entry(), nil
}

func (v *dseView) Search(q *backend.Query, yield func(*entry.Entry) bool) error {
	if q.Base.Norm != v.d.at().Norm || q.Scope == wire.ScopeOne || q.Scope == wire.ScopeChildren {
		return nil
	}
	t, err := q.Filter.Match(v.entry(), q.Env)
	if err == nil && t == filter.True {
		yield(v.entry())
	}
	return err
}

func (v *dseView) HasChildren(string) (bool, error) { return false, nil }
func (v *dseView) Close()                           {}

// builder puts made-up attributes together; types that the schema lacks are
// left out.
type builder struct {
	s *Server
	e *entry.Entry
}

func (b builder) add(name string, values ...string) {
	if len(values) == 0 {
		return
	}
	raw := make([][]byte, len(values))
	for i, v := range values {
		raw[i] = []byte(v)
	}
	d, err := b.s.Schema().Describe(name)
	if err != nil {
		return
	}
	b.e.AppendAttr(entry.Attr{Type: d.Type, Options: d.Options, Desc: name, Values: raw})
}

func newRootDSE(s *Server) *dseBackend {
	root := func() dn.Name { return dn.Name{} }
	return newDSE(s, "rootdse", root, func(c *plugin.Conn) *entry.Entry {
		b := builder{s, entry.New(dn.Name{})}
		if s.is389() {
			b.add("objectClass", "top")
		} else {
			b.add("objectClass", "top", "OpenLDAProotDSE")
			b.add("structuralObjectClass", "OpenLDAProotDSE")
		}
		if s.opts().ConfigContext != "" {
			b.add("configContext", s.opts().ConfigContext)
		}
		var contexts []string
		for _, db := range s.dbs.Load().list {
			if db.Backend.Type() == "monitor" && !s.is389() {
				b.add("monitorContext", db.Backend.Suffixes()[0].Pretty)
			}
			if db.Hidden || db.Private || db.Unrouted || db.Unlisted {
				continue
			}
			for _, n := range db.Backend.Suffixes() {
				if s.is389() && s.database(dn.ParentNorm(n.Norm)) != nil && dn.ParentNorm(n.Norm) != "" {
					continue // below another suffix
				}
				contexts = append(contexts, n.Pretty)
			}
		}
		b.add("namingContexts", contexts...)
		b.add("supportedControl", s.SupportedControls()...)
		b.add("supportedExtension", s.SupportedExtensions()...)
		b.add("supportedFeatures",
			"1.3.6.1.1.14",           // increment
			"1.3.6.1.4.1.4203.1.5.1", // all operational attributes
			"1.3.6.1.4.1.4203.1.5.2", // attributes by object class
			"1.3.6.1.4.1.4203.1.5.3", // absolute true and false filters
			"1.3.6.1.4.1.4203.1.5.4", // language tags
			"1.3.6.1.4.1.4203.1.5.5") // language ranges
		versions := []string{"3"}
		if s.opts().words["allow bind_v2"] {
			versions = []string{"2", "3"}
		}
		b.add("supportedLDAPVersion", versions...)
		b.add("supportedSASLMechanisms", s.saslMechanisms(c)...)
		b.add("subschemaSubentry", s.subschemaName())
		if s.is389() || s.opts().VendorName != "" {
			b.add("vendorName", s.opts().VendorName)
		}
		if s.opts().VendorVersion != "" {
			b.add("vendorVersion", s.opts().VendorVersion)
		}
		b.add("altServer", s.opts().Referral...)
		for _, a := range s.opts().RootDSE {
			values := make([]string, len(a.Values))
			for i, v := range a.Values {
				values[i] = string(v)
			}
			b.add(a.Type, values...)
		}
		return b.e
	})
}

func (s *Server) saslMechanisms(c *plugin.Conn) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := append([]string(nil), s.saslNames...)
	if s.opts().SASL != nil {
		out = append(out, s.opts().SASL.Mechanisms(c)...)
	}
	return out
}

// subschemaName is the DN of the subschema entry.
func (s *Server) subschemaName() string {
	if s.is389() {
		return "cn=schema"
	}
	return "cn=Subschema"
}

func newSubschema(s *Server) *dseBackend {
	pretty := s.subschemaName()
	at := dn.Name{Pretty: pretty, Norm: lower(pretty)}
	return newDSE(s, "schema", func() dn.Name { return at }, func(*plugin.Conn) *entry.Entry {
		b := builder{s, entry.New(at)}
		sch := s.Schema()
		if s.is389() {
			b.add("objectClass", "top", "ldapSubentry", "subschema")
			b.add("cn", "schema")
		} else {
			b.add("objectClass", "top", "subentry", "subschema", "extensibleObject")
			b.add("structuralObjectClass", "subentry")
			b.add("cn", "Subschema")
			b.add("entryDN", pretty)
		}
		b.add("ldapSyntaxes", texts(sch.Syntaxes())...)
		b.add("matchingRules", texts(sch.MatchingRules())...)
		b.add("matchingRuleUse", sch.MatchingRuleUses()...)
		b.add("objectClasses", texts(sch.ObjectClasses())...)
		b.add("attributeTypes", texts(sch.AttributeTypes())...)
		b.add("dITContentRules", texts(sch.ContentRules())...)
		b.add("nameForms", texts(sch.NameForms())...)
		b.add("dITStructureRules", texts(sch.StructureRules())...)
		return b.e
	})
}

func texts[T interface{ String() string }](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = x.String()
	}
	return out
}
