package schema

import (
	"fmt"
	"slices"
	"strings"
)

// MaxDescription limits the length of an attribute description from a client.
const MaxDescription = 1024

// DescriptionError tells that a text is no attribute description.
type DescriptionError struct{ Text string }

func (e *DescriptionError) Error() string {
	return fmt.Sprintf("%q is not an attribute description", e.Text)
}

// Describe reads an attribute description, "type;option;option" (RFC 4512
// section 2.5). A type that the schema lacks becomes an Unknown type of that
// name: its values are octets, matched with case ignored. The error is a
// *DescriptionError. A known type without options costs no allocation.
func (s *Schema) Describe(desc string) (Description, error) {
	if t := s.AttributeType(desc); t != nil {
		return Description{Type: t}, nil
	}
	if len(desc) > MaxDescription {
		return Description{}, &DescriptionError{desc[:64] + "..."}
	}
	name, rest, tagged := strings.Cut(desc, ";")
	t := s.AttributeType(name)
	if t == nil {
		if !isDescr(name) && !IsNumericOID(name) {
			return Description{}, &DescriptionError{desc}
		}
		t = s.UnknownType(name)
	}
	d := Description{Type: t}
	if !tagged {
		return d, nil
	}
	for more := true; more; {
		var opt string
		opt, rest, more = strings.Cut(rest, ";")
		if !isOption(opt) {
			return Description{}, &DescriptionError{desc}
		}
		d.Options = append(d.Options, strings.ToLower(opt))
	}
	if len(d.Options) > 1 {
		slices.Sort(d.Options)
		d.Options = slices.Compact(d.Options)
	}
	return d, nil
}

// UnknownType makes up a type for a name that the schema lacks. Two of them with
// the same name are the same to AttributeType.Is.
func (s *Schema) UnknownType(name string) *AttributeType {
	return &AttributeType{
		OID: strings.ToLower(name), Names: []string{name}, Syntax: s.Syntax(oidOctetString),
		Equality: unknownEquality, Ordering: unknownOrdering, Substr: unknownSubstrings, Unknown: true,
	}
}

// isOption: 1*keychar; "=" as in "range=0-9" and "." pass.
func isOption(o string) bool {
	if o == "" {
		return false
	}
	for i := 0; i < len(o); i++ {
		if c := o[i]; !isAlpha(c) && !isDigit(c) && c != '-' && c != '_' && c != '=' && c != '.' {
			return false
		}
	}
	return true
}

// String is the description in the schema's spelling.
func (d Description) String() string {
	if d.Type == nil {
		return ""
	}
	if len(d.Options) == 0 {
		return d.Type.Name()
	}
	return d.Type.Name() + ";" + strings.Join(d.Options, ";")
}

// Has tells whether the description has an option (lower case).
func (d Description) Has(option string) bool { return slices.Contains(d.Options, option) }

// Includes tells whether attributes of description o are asked for by d: o's
// type is d's or a subtype, and o has all of d's options (RFC 4512 section
// 2.5.2); an option of d that ends in "-" takes every option beginning so.
func (d Description) Includes(o Description) bool {
	if !o.Type.Is(d.Type) {
		return false
	}
	for _, want := range d.Options {
		ok := false
		for _, have := range o.Options {
			if have == want || strings.HasSuffix(want, "-") && strings.HasPrefix(have, want) {
				ok = true
				break
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

// EqualityKey prepares a value by the type's equality rule; without a rule it
// is the value itself. Values are equal exactly when their keys are.
func (a *AttributeType) EqualityKey(v []byte) ([]byte, error) {
	if a.Equality == nil {
		return v, nil
	}
	return a.Equality.Normalize(v)
}
