package config

import (
	"fmt"
	"strconv"
	"strings"

	"libslapi/server/entry"
	"libslapi/server/wire"
)

// ordered tells whether the values of an attribute have an order, shown by {n}
// before each (X-ORDERED 'VALUES' of slapd).
func ordered(attr string) bool {
	switch strings.ToLower(attr) {
	case "olcattributetypes", "olcobjectclasses", "olcldapsyntaxes", "olcobjectidentifier", "olcditcontentrules", "olcmoduleload":
		return true
	}
	_, d := directiveOf(attr)
	return d != nil && d.ordered
}

// position splits {n} from a value; n is -1 without it.
func position(v string) (n int, text string) {
	if j := strings.IndexByte(v, '}'); j > 1 && v[0] == '{' {
		if n, err := strconv.Atoi(v[1:j]); err == nil && n >= 0 {
			return n, v[j+1:]
		}
	}
	return -1, v
}

// RewriteModify puts one replacement in the place of changes of attributes whose
// values have an order: a value goes in where its {n} says, or last; {n} alone
// names the value to delete; what follows is numbered anew.
func (t *Tree) RewriteModify(e *entry.Entry, changes []wire.Change) ([]wire.Change, *wire.Error) {
	var out []wire.Change
	done := map[string]int{} // attribute: index in out of its replacement
	for i, c := range changes {
		name := strings.ToLower(c.Type)
		if !ordered(name) {
			out = append(out, c)
			continue
		}
		var list []string
		at, again := done[name]
		if again {
			list = unordered(out[at].Values)
		} else {
			list = unordered(e.Values(c.Type))
		}
		next, err := reorder(list, c)
		if err != nil {
			return nil, err
		}
		now := wire.Change{Op: wire.ModReplace, Type: changes[i].Type}
		for n, v := range next {
			now.Values = append(now.Values, []byte(fmt.Sprintf("{%d}%s", n, v)))
		}
		if again {
			out[at] = now
		} else {
			done[name] = len(out)
			out = append(out, now)
		}
	}
	return out, nil
}

// reorder makes one change of an ordered list.
func reorder(list []string, c wire.Change) ([]string, *wire.Error) {
	list = append([]string(nil), list...)
	switch c.Op {
	case wire.ModReplace:
		return unordered(c.Values), nil
	case wire.ModAdd:
		for _, v := range c.Values {
			n, text := position(string(v))
			for _, have := range list {
				if have == text {
					return nil, wire.Errorf(wire.AttributeOrValueExists, "modify/add: %s: value #0 already exists", c.Type)
				}
			}
			if n < 0 || n > len(list) {
				n = len(list)
			}
			list = append(list[:n], append([]string{text}, list[n:]...)...)
		}
		return list, nil
	case wire.ModDelete:
		if len(c.Values) == 0 {
			if len(list) == 0 {
				return nil, wire.Errorf(wire.NoSuchAttribute, "modify/delete: %s: no such attribute", c.Type)
			}
			return nil, nil
		}
		gone := map[int]bool{}
		for _, v := range c.Values {
			n, text := position(string(v))
			if n < 0 || text != "" && (n >= len(list) || list[n] != text) {
				n = -1
				for i, have := range list {
					if have == text && !gone[i] {
						n = i
						break
					}
				}
			}
			if n < 0 || n >= len(list) {
				return nil, wire.Errorf(wire.NoSuchAttribute, "modify/delete: %s: no such value", c.Type)
			}
			gone[n] = true
		}
		var kept []string
		for i, v := range list {
			if !gone[i] {
				kept = append(kept, v)
			}
		}
		return kept, nil
	}
	return nil, wire.Errorf(wire.ConstraintViolation, "%s: values are not numbers", c.Type)
}
