package config

import (
	"fmt"
	"strings"
)

// Index is what is indexed of one attribute type.
type Index struct {
	Attr                  string
	Eq, Pres, Sub, Approx bool
}

// indexSet is the state of the index lines of a database: "default" changes
// what later lines without a list of kinds mean.
type indexSet struct {
	list []Index
	def  Index
}

// indexKinds reads "eq,pres,sub" into an Index without a name.
func indexKinds(text string) (Index, error) {
	var ix Index
	for _, k := range strings.Split(text, ",") {
		switch strings.ToLower(k) {
		case "eq":
			ix.Eq = true
		case "pres":
			ix.Pres = true
		case "approx":
			ix.Approx = true
		case "sub", "subinitial", "subany", "subfinal":
			ix.Sub = true
		case "none", "nolang", "nosubtypes", "notags", "":
			// none is an empty index; the other words narrow an index to fewer
			// descriptions, ours covers them all
		default:
			return ix, fmt.Errorf("index type %q undefined", k)
		}
	}
	return ix, nil
}

// add takes an index line: names, then kinds. known tells whether an attribute
// type exists.
func (s *indexSet) add(words []string, known func(string) bool) error {
	kinds := s.def
	if len(words) > 1 {
		var err error
		if kinds, err = indexKinds(words[1]); err != nil {
			return err
		}
	}
	for _, name := range strings.Split(words[0], ",") {
		if strings.EqualFold(name, "default") {
			s.def = kinds
			continue
		}
		if len(words) == 1 && kinds == (Index{}) {
			return fmt.Errorf("no index type for attribute %q and no default set", name)
		}
		base, _, _ := strings.Cut(name, ";")
		if !known(base) {
			return fmt.Errorf("index attribute %q undefined", name)
		}
		ix := kinds
		ix.Attr = name
		for i := range s.list {
			if strings.EqualFold(s.list[i].Attr, name) {
				return fmt.Errorf("duplicate index definition for attribute %q", name)
			}
		}
		s.list = append(s.list, ix)
	}
	return nil
}

// kinds writes the kinds as an index line has them.
func (ix Index) kinds() string {
	var list []string
	for _, k := range []struct {
		on   bool
		name string
	}{{ix.Pres, "pres"}, {ix.Eq, "eq"}, {ix.Sub, "sub"}, {ix.Approx, "approx"}} {
		if k.on {
			list = append(list, k.name)
		}
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ",")
}
