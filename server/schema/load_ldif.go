package schema

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// LoadLDIF adds the definitions of an LDIF schema file: cn=schema of 389
// (attributeTypes, objectClasses, ...) or an entry below cn=schema,cn=config of
// OpenLDAP (olcAttributeTypes, ... with or without {n}). file is its name for
// errors, which are *FileError. Definitions may refer to later ones. A later
// definition replaces one with its OID, also a built-in one; a name that is
// taken by another OID goes over to it. Unknown matching rules are left out,
// unknown syntaxes become syntaxes by name only. On an error s is as it was.
func (s *Schema) LoadLDIF(r io.Reader, file string) error {
	set := &ldifSet{}
	if err := set.read(r, file); err != nil {
		return err
	}
	return s.apply(set)
}

// LoadLDIFFiles loads files as one set, in the order of their base names, so
// that a definition may refer to one in any of them.
func (s *Schema) LoadLDIFFiles(paths []string) error {
	paths = slices.Clone(paths)
	slices.SortStableFunc(paths, func(a, b string) int {
		return strings.Compare(filepath.Base(a), filepath.Base(b))
	})
	set := &ldifSet{}
	for _, p := range paths {
		if err := set.readFile(p); err != nil {
			return err
		}
	}
	return s.apply(set)
}

// ldifSet holds the parsed definitions of one load.
type ldifSet struct {
	macros                                                   [][3]string // name, OID, where
	types, classes, syntaxes, content, forms, structure, use []*definition
}

func (set *ldifSet) readFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return set.read(f, path)
}

func (set *ldifSet) read(r io.Reader, file string) error {
	return ldifLines(r, file, func(line int, attr, value string) error {
		where := file + ":" + strconv.Itoa(line)
		if err := set.add(attr, value, where); err != nil {
			return &FileError{file, line, err}
		}
		return nil
	})
}

func (set *ldifSet) add(attr, value, where string) error {
	attr = strings.ToLower(attr)
	base, olc := strings.CutPrefix(attr, "olc")
	base, _, _ = strings.Cut(base, ";")
	if olc && strings.HasPrefix(value, "{") {
		if i := strings.IndexByte(value, '}'); i > 0 {
			value = strings.TrimLeft(value[i+1:], " ")
		}
	}
	var list *[]*definition
	var kind elementKind
	switch base {
	case "attributetypes":
		list, kind = &set.types, attributeElement
	case "objectclasses":
		list, kind = &set.classes, classElement
	case "ldapsyntaxes":
		list, kind = &set.syntaxes, syntaxElement
	case "ditcontentrules":
		list, kind = &set.content, contentRuleElement
	case "nameforms":
		list, kind = &set.forms, nameFormElement
	case "ditstructurerules":
		list, kind = &set.structure, structureRuleElement
	case "matchingruleuse":
		list, kind = &set.use, ruleUseElement
	case "objectidentifier":
		if f := strings.Fields(value); olc && len(f) == 2 {
			set.macros = append(set.macros, [3]string{unquote(f[0]), unquote(f[1]), where})
			return nil
		}
		return fmt.Errorf("olcObjectIdentifier takes a name and an OID")
	default: // dn, cn, objectClass, aci, matchingRules (the server's own), ...
		return nil
	}
	d, err := parseDefinition(value, kind)
	if err != nil {
		return err
	}
	d.where = where
	*list = append(*list, d)
	return nil
}

// located gives an error the place of its definition.
func located(d *definition, err error) error {
	if len(d.names) > 0 {
		err = fmt.Errorf("%s: %w", d.names[0], err)
	}
	i := strings.LastIndexByte(d.where, ':')
	if i < 0 {
		return err
	}
	line, _ := strconv.Atoi(d.where[i+1:])
	return &FileError{d.where[:i], line, err}
}

// apply merges a set into the schema and builds all elements anew, so that
// those which refer to a replaced one refer to its successor.
func (s *Schema) apply(set *ldifSet) error {
	work := s.Clone()
	for _, m := range set.macros {
		if err := work.AddObjectIdentifier(m[0], m[1]); err != nil {
			return fmt.Errorf("%s: %w", m[2], err)
		}
	}
	for _, d := range set.syntaxes {
		if err := work.expand(&d.oid); err != nil {
			return located(d, err)
		}
		if work.Syntax(d.oid) != nil {
			continue
		}
		if err := work.addSyntax(d); err != nil {
			return located(d, err)
		}
	}
	types, err := work.merge(definitionsOf(work.typeList, func(t *AttributeType) *definition { return t.def }), set.types)
	if err != nil {
		return err
	}
	classes, err := work.merge(definitionsOf(work.classList, func(c *ObjectClass) *definition { return c.def }), set.classes)
	if err != nil {
		return err
	}
	if err := work.rebuild(types, classes); err != nil {
		return err
	}
	for _, step := range []struct {
		defs []*definition
		add  func(*definition) error
	}{{set.content, work.addContentRule}, {set.forms, work.addNameForm}, {set.structure, work.addStructureRule}} {
		for _, d := range step.defs {
			if err := step.add(d); err != nil {
				return located(d, err)
			}
		}
	}
	work.ruleUses = append(work.ruleUses, set.use...)
	*s = *work
	s.share()
	return nil
}

func definitionsOf[T any](list []*T, def func(*T) *definition) []*definition {
	out := make([]*definition, 0, len(list))
	for _, v := range list {
		if d := def(v); d != nil {
			out = append(out, d)
		}
	}
	return out
}

// merge lays new definitions over old ones. One with the OID of another takes
// its place; names that another OID has go over to the later definition.
func (s *Schema) merge(old, added []*definition) ([]*definition, error) {
	out := slices.Clone(old)
	byOID := make(map[string]int, len(out)+len(added))
	byName := make(map[string]int, 2*len(out))
	file := func(d *definition, i int) {
		byOID[strings.ToLower(d.oid)] = i
		for _, n := range d.names {
			byName[strings.ToLower(n)] = i
		}
	}
	for i, d := range out {
		file(d, i)
	}
	for _, d := range added {
		if err := s.expand(&d.oid); err != nil {
			return nil, located(d, err)
		}
		at, replaces := byOID[strings.ToLower(d.oid)]
		for _, n := range d.names {
			i, ok := byName[strings.ToLower(n)]
			if !ok || replaces && i == at || out[i] == nil {
				continue
			}
			o := *out[i] // the definition may belong to another schema too
			o.names = slices.DeleteFunc(slices.Clone(o.names), func(have string) bool { return strings.EqualFold(have, n) })
			out[i] = &o
			if len(o.names) == 0 || o.builtin {
				// Nothing is left to call it by, or the server's own type goes by
				// another OID in this schema (389's entrydn).
				delete(byOID, strings.ToLower(o.oid))
				for _, m := range o.names {
					delete(byName, strings.ToLower(m))
				}
				out[i] = nil
			}
		}
		if replaces && out[at] != nil {
			for _, n := range out[at].names {
				delete(byName, strings.ToLower(n))
			}
			out[at] = d
			file(d, at)
			continue
		}
		out = append(out, d)
		file(d, len(out)-1)
	}
	return slices.DeleteFunc(out, func(d *definition) bool { return d == nil }), nil
}

// rebuild makes all types and classes from their definitions, whatever their order.
func (s *Schema) rebuild(types, classes []*definition) error {
	s.types = make(map[string]*AttributeType, 3*len(types))
	s.classes = make(map[string]*ObjectClass, 3*len(classes))
	s.typeList, s.classList = nil, nil
	builtTypes, err := resolveAll(types, func(d *definition) (*AttributeType, error) {
		t, err := s.resolveType(d, false)
		if err == nil {
			s.fileType(t)
		}
		return t, err
	})
	if err != nil {
		return err
	}
	s.typeList = builtTypes
	builtClasses, err := resolveAll(classes, func(d *definition) (*ObjectClass, error) {
		c, err := s.resolveClass(d)
		if err == nil {
			put(s.classes, c, c.OID, c.Names)
		}
		return c, err
	})
	if err != nil {
		return err
	}
	s.classList = builtClasses
	old := s.contentRules
	s.contentRules, s.contentByOID = nil, map[string]*ContentRule{}
	for _, r := range old {
		if err := s.addContentRule(r.def); err != nil {
			return located(r.def, err)
		}
	}
	forms := s.nameForms
	s.nameForms = nil
	for _, f := range forms {
		if err := s.addNameForm(f.def); err != nil {
			return located(f.def, err)
		}
	}
	return nil
}

// resolveAll resolves definitions, those with a reference that is not there yet
// again after the others, until no more come through. The result keeps the order
// of the definitions.
func resolveAll[T any](defs []*definition, resolve func(*definition) (*T, error)) ([]*T, error) {
	out := make([]*T, len(defs))
	left := len(defs)
	for left > 0 {
		before := left
		var failed *definition
		var why error
		for i, d := range defs {
			if out[i] != nil {
				continue
			}
			v, err := resolve(d)
			if err != nil {
				if failed == nil {
					failed, why = d, err
				}
				continue
			}
			out[i] = v
			left--
		}
		if left == before {
			return nil, located(failed, why)
		}
	}
	return out, nil
}

// ldifLines calls f for each attribute line of LDIF content: folded lines
// joined, comments left out, base 64 decoded.
func ldifLines(r io.Reader, file string, f func(line int, attr, value string) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 64<<10), maxLine)
	var text strings.Builder
	start, n, comment := 0, 0, false
	flush := func() error {
		if text.Len() == 0 {
			return nil
		}
		line := text.String()
		text.Reset()
		attr, value, ok := strings.Cut(line, ":")
		if !ok {
			return &FileError{file, start, fmt.Errorf("no colon in the line")}
		}
		if strings.HasPrefix(value, ":") {
			raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value[1:]))
			if err != nil {
				return &FileError{file, start, err}
			}
			value = string(raw)
		}
		return f(start, strings.TrimSpace(attr), strings.TrimSpace(value))
	}
	for sc.Scan() {
		n++
		line := strings.TrimRight(sc.Text(), "\r")
		switch {
		case line == "":
			comment = false
		case line[0] == ' ' || line[0] == '\t':
			if !comment && text.Len() > 0 {
				if text.Len()+len(line) > maxDefinition {
					return &FileError{file, start, fmt.Errorf("definition too long")}
				}
				text.WriteString(line[1:])
			}
			continue
		case line[0] == '#':
			comment = true
			if err := flush(); err != nil {
				return err
			}
			continue
		default:
			comment = false
		}
		if err := flush(); err != nil {
			return err
		}
		start = n
		text.WriteString(line)
	}
	if err := sc.Err(); err != nil {
		return &FileError{file, n + 1, err}
	}
	return flush()
}
