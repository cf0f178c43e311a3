package main

/*
#include <stdlib.h>
#include "goside.h"
#include "dialect.h"
#include "dn.h"
*/
import "C"

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unsafe"

	"libslapi/server/dn"
	"libslapi/server/entry"
	"libslapi/server/filter"
	"libslapi/server/plugin"
	"libslapi/server/schema"
	"libslapi/server/wire"
)

// slapiGoStr2Entry reads one LDIF record. The text is not changed, URLs are
// not followed. NULL for text that is no entry.
//
//export slapiGoStr2Entry
func slapiGoStr2Entry(name, text *C.char, n C.size_t, flags, dialect C.int) (out *C.Slapi_Entry) {
	defer guard("slapi_str2entry", func() { out = nil })
	e, err := parseEntry(C.GoString(name), C.GoStringN(text, C.int(n)), int(flags), dialect == C.CSHIM_389)
	if err != nil {
		return nil
	}
	out = entryToC(e)
	if e.IsClass("nsTombstone") && flags&C.SLAPI_STR2ENTRY_TOMBSTONE_CHECK != 0 {
		out.e_flags |= C.SLAPI_ENTRY_FLAG_TOMBSTONE
	}
	if e.IsClass("ldapsubentry") {
		out.e_flags |= C.SLAPI_ENTRY_FLAG_LDAPSUBENTRY
	}
	if e.IsClass("referral") {
		out.e_flags |= C.SLAPI_ENTRY_FLAG_REFERRAL
	}
	return out
}

// parseEntry reads the lines of one entry. Without name the first line must be
// its dn; with one there need not be such a line.
func parseEntry(name, text string, flags int, is389 bool) (*entry.Entry, error) {
	s := activeSchema()
	lines := unfold(text)
	hasName := name != ""
	var e *entry.Entry
	begin := func(text string) error {
		n, err := dn.NewName(text, s)
		if err != nil {
			return err
		}
		e = entry.New(n)
		return nil
	}
	if hasName {
		if err := begin(name); err != nil {
			return nil, err
		}
	}
	var rdnLine bool
	for _, line := range lines {
		typ, value, err := splitLine(line)
		if err != nil {
			return nil, err
		}
		switch lower := strings.ToLower(typ); {
		case lower == "dn":
			if e != nil && !hasName {
				return nil, fmt.Errorf("two dn lines")
			}
			if e == nil {
				if err := begin(string(value)); err != nil {
					return nil, err
				}
			}
			continue
		case lower == "version" && is389:
			continue
		case lower == "rdn" && hasName && !rdnLine:
			rdnLine = true
			continue
		}
		if e == nil {
			// OpenLDAP takes attributes before the dn line.
			return parseDNLater(lines, flags, is389)
		}
		d, err := s.Describe(typ)
		if err != nil {
			return nil, err
		}
		appendValue(e, d, typ, value, flags&C.SLAPI_STR2ENTRY_REMOVEDUPVALS != 0)
	}
	if e == nil {
		return nil, fmt.Errorf("no dn line")
	}
	if flags&C.SLAPI_STR2ENTRY_EXPAND_OBJECTCLASSES != 0 {
		e.AddSuperclasses(s)
	}
	if flags&C.SLAPI_STR2ENTRY_ADDRDNVALS != 0 {
		addRDNValues(e, s)
	}
	return e, nil
}

// parseDNLater moves the dn line of an entry to the front and reads it again.
func parseDNLater(lines []string, flags int, is389 bool) (*entry.Entry, error) {
	for i, line := range lines {
		if len(line) > 3 && strings.EqualFold(line[:3], "dn:") {
			moved := append([]string{line}, lines[:i]...)
			moved = append(moved, lines[i+1:]...)
			return parseEntry("", strings.Join(moved, "\n"), flags, is389)
		}
	}
	return nil, fmt.Errorf("no dn line")
}

// appendValue adds a value to the attribute of that description.
func appendValue(e *entry.Entry, d schema.Description, desc string, value []byte, unique bool) {
	if a := e.Get(d); a != nil {
		if unique {
			if has, err := a.Has(value); err == nil && has {
				return
			}
		}
		a.Values = append(a.Values, value)
		return
	}
	a := entry.Attr{Type: d.Type, Options: d.Options, Desc: desc, Values: [][]byte{value}}
	if !d.Type.Unknown {
		a.Desc = d.String()
	}
	e.AppendAttr(a)
}

func addRDNValues(e *entry.Entry, s *schema.Schema) {
	d, err := dn.Parse(e.Name.Pretty)
	if err != nil || len(d) == 0 {
		return
	}
	for _, ava := range d[0] {
		if !e.HasValue(ava.Type, ava.Value) {
			appendValue(e, describe(s, ava.Type), ava.Type, ava.Value, false)
		}
	}
}

// unfold gives the logical lines up to the first empty one that follows some,
// without comments.
func unfold(text string) []string {
	var out []string
	comment := false
	for _, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		switch {
		case line == "":
			if len(out) > 0 {
				return out
			}
			comment = false
		case line[0] == ' ':
			if !comment && len(out) > 0 {
				out[len(out)-1] += line[1:]
			}
		case line[0] == '#':
			comment = true
		default:
			comment = false
			out = append(out, line)
		}
	}
	return out
}

// splitLine reads "type: text", "type:: base 64". "type:< URL" is refused: what
// a plug-in parses may come from a client.
func splitLine(line string) (typ string, value []byte, err error) {
	typ, rest, ok := strings.Cut(line, ":")
	if !ok || typ == "" {
		return "", nil, fmt.Errorf("line without a type: %.40q", line)
	}
	typ = strings.TrimRight(typ, " ")
	switch {
	case strings.HasPrefix(rest, ":"):
		value, err = base64.StdEncoding.DecodeString(strings.Trim(rest[1:], " "))
		if err != nil {
			return "", nil, err
		}
	case strings.HasPrefix(rest, "<"):
		return "", nil, fmt.Errorf("values from files are not read")
	default:
		value = []byte(strings.TrimLeft(rest, " "))
	}
	return typ, value, nil
}

// slapiGoSchemaCheck checks an entry as an add would: an LDAP result code.
//
//export slapiGoSchemaCheck
func slapiGoSchemaCheck(p *C.Slapi_Entry, dialect C.int, text **C.char) (rc C.int) {
	defer guard("slapi_entry_schema_check", func() { rc = C.LDAP_OTHER })
	e, err := entryFromC(p)
	if err != nil {
		return fail(text, C.LDAP_INVALID_SYNTAX, err.Error())
	}
	var bad *wire.Error
	if dialect == C.CSHIM_389 {
		bad = e.CheckContent389(activeSchema())
	} else if srv := services(); srv != nil {
		bad = srv.CheckSchema(e)
	} else {
		bad = e.CheckSchemaAs(activeSchema(), entry.OpenLDAP)
	}
	if bad != nil {
		return fail(text, C.int(bad.Code), bad.Text)
	}
	return 0
}

func fail(text **C.char, code C.int, why string) C.int {
	if text != nil {
		*text = C.CString(why)
	}
	return code
}

// slapiGoSyntaxCheck checks every value against its syntax: 0, or 1 for a bad one.
//
//export slapiGoSyntaxCheck
func slapiGoSyntaxCheck(p *C.Slapi_Entry, text **C.char) (rc C.int) {
	defer guard("slapi_entry_syntax_check", func() { rc = 1 })
	s := activeSchema()
	var bad []string
	for a := p.e_attrs; a != nil; a = a.a_next {
		desc := C.GoString(a.a_type)
		for i, v := range valueSetFromC(&a.a_present_values) {
			if !validValue(s, desc, v) {
				bad = append(bad, fmt.Sprintf("%s: value #%d invalid per syntax", desc, i))
			}
		}
	}
	if len(bad) > 0 {
		return fail(text, 1, strings.Join(bad, "\n"))
	}
	return 0
}

func validValue(s *schema.Schema, desc string, v []byte) bool {
	t := s.AttributeType(baseType(desc))
	return t == nil || t.Syntax.Validate == nil || t.Syntax.Validate(v) == nil
}

// slapiGoModsSyntaxCheck does the same for the values that mods add.
//
//export slapiGoModsSyntaxCheck
func slapiGoModsSyntaxCheck(mods **C.LDAPMod, text **C.char) (rc C.int) {
	defer guard("slapi_mods_syntax_check", func() { rc = 1 })
	s := activeSchema()
	for _, c := range modsFromC(mods) {
		if c.Op == wire.ModDelete {
			continue
		}
		for i, v := range c.Values {
			if !validValue(s, c.Type, v) {
				return fail(text, 1, fmt.Sprintf("%s: value #%d invalid per syntax", c.Type, i))
			}
		}
	}
	return 0
}

// slapiGoAddSuperclasses adds to objectClass what the classes inherit from.
//
//export slapiGoAddSuperclasses
func slapiGoAddSuperclasses(p *C.Slapi_Entry) (rc C.int) {
	defer guard("slapi_schema_expand_objectclasses", func() { rc = -1 })
	for a := p.e_attrs; a != nil; a = a.a_next {
		if !strings.EqualFold(C.GoString(a.a_type), "objectClass") {
			continue
		}
		s := activeSchema()
		e := entry.New(dn.Name{})
		values := valueSetFromC(&a.a_present_values)
		d := describe(s, "objectClass")
		e.AppendAttr(entry.Attr{Type: d.Type, Desc: "objectClass", Values: values})
		e.AddSuperclasses(s)
		for _, v := range e.Values("objectClass")[len(values):] {
			C.cshim_attr_append_bytes(a, unsafe.Pointer(unsafe.SliceData(v)), C.size_t(len(v)))
		}
	}
	return 0
}

// counter counts what a search finds.
type counter struct{ entries int }

func (c *counter) SendEntry(*plugin.Operation, *plugin.EntryMessage) error { c.entries++; return nil }
func (c *counter) SendReference(*plugin.Operation, []string, []wire.Control) error {
	return nil
}
func (c *counter) SendIntermediate(*plugin.Operation, string, []byte, bool, []wire.Control) error {
	return nil
}
func (c *counter) SendResult(*plugin.Operation) error { return nil }

// presentFilter is (objectClass=*), resolved, and its BER form.
func presentFilter() (*filter.Node, []byte) {
	n, err := filter.Parse("(objectClass=*)")
	if err != nil {
		return nil, nil
	}
	raw := n.Append(nil)
	_ = n.Resolve(activeSchema(), nil)
	return n, raw
}
