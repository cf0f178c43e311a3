package dn

import (
	"bytes"
	"slices"
	"strings"
)

// Normalize gives the normal form of d: types and values as c prepares them,
// the values of a multi-valued relative name in the order of type and value,
// repeated ones once. An error is c's, for a value that breaks its syntax.
func (d DN) Normalize(c Canon) (string, error) {
	if len(d) == 0 {
		return "", nil
	}
	b := make([]byte, 0, 96)
	var err error
	for i, r := range d {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = r.appendNormal(b, c); err != nil {
			return "", err
		}
	}
	return string(b), nil
}

// Normalize gives the normal form of one relative name.
func (r RDN) Normalize(c Canon) (string, error) {
	b, err := r.appendNormal(make([]byte, 0, 48), c)
	if err != nil {
		return "", err
	}
	return string(b), nil
}

func (r RDN) appendNormal(b []byte, c Canon) ([]byte, error) {
	if len(r) == 1 {
		typ, val, err := c.CanonAVA(r[0].Type, r[0].Value)
		if err != nil {
			return nil, err
		}
		b = append(b, typ...)
		b = append(b, '=')
		return appendEscaped(b, val, lowerHex), nil
	}
	norm := make(RDN, len(r))
	for i, a := range r {
		typ, val, err := c.CanonAVA(a.Type, a.Value)
		if err != nil {
			return nil, err
		}
		norm[i] = AVA{typ, val}
	}
	slices.SortFunc(norm, compareAVA)
	norm = slices.CompactFunc(norm, func(a, b AVA) bool { return compareAVA(a, b) == 0 })
	for i, a := range norm {
		if i > 0 {
			b = append(b, '+')
		}
		b = append(b, a.Type...)
		b = append(b, '=')
		b = appendEscaped(b, a.Value, lowerHex)
	}
	return b, nil
}

func compareAVA(a, b AVA) int {
	if k := strings.Compare(a.Type, b.Type); k != 0 {
		return k
	}
	return bytes.Compare(a.Value, b.Value)
}

// NewName parses s and gives both forms. The error is a *ParseError or c's.
func NewName(s string, c Canon) (Name, error) {
	d, err := Parse(s)
	if err != nil {
		return Name{}, err
	}
	return d.Name(c)
}

// Name gives d in both forms; the pretty one as c shows names, if it is a Pretty.
func (d DN) Name(c Canon) (Name, error) {
	norm, err := d.Normalize(c)
	if err != nil {
		return Name{}, err
	}
	if p, ok := c.(Pretty); ok {
		d = p.PrettyName(d)
	}
	return Name{Pretty: d.String(), Norm: norm}, nil
}

// IsRoot tells whether n is the empty name.
func (n Name) IsRoot() bool { return n.Norm == "" }

// Equal tells whether n and o name the same entry.
func (n Name) Equal(o Name) bool { return n.Norm == o.Norm }

// String is the pretty form.
func (n Name) String() string { return n.Pretty }

// Parent is the name without its first relative name. The root is its own parent.
func (n Name) Parent() Name {
	_, pretty := SplitPretty(n.Pretty)
	return Name{Pretty: pretty, Norm: ParentNorm(n.Norm)}
}

// IsSuffix tells whether n is suffix or stands below it.
func (n Name) IsSuffix(suffix Name) bool { return IsSuffix(n.Norm, suffix.Norm) }

// Child is the name of r directly below n.
func (n Name) Child(r RDN, c Canon) (Name, error) {
	child, err := DN{r}.Name(c)
	if err != nil || n.IsRoot() {
		return child, err
	}
	return Name{Pretty: child.Pretty + "," + n.Pretty, Norm: child.Norm + "," + n.Norm}, nil
}

// ParentNorm cuts the first relative name off a normal form; "" at the top.
func ParentNorm(norm string) string {
	if i := comma(norm); i >= 0 {
		return norm[i+1:]
	}
	return ""
}

// RDNNorm is the first relative name of a normal form; "" for the root.
func RDNNorm(norm string) string {
	if i := comma(norm); i >= 0 {
		return norm[:i]
	}
	return norm
}

// comma is the place of the first separator of a normal form, -1 without one.
// Our normal forms have no comma but separators; names from elsewhere may have
// one behind a backslash.
func comma(norm string) int {
	from := 0
	for {
		i := strings.IndexByte(norm[from:], ',')
		if i < 0 {
			return -1
		}
		i += from
		if i == 0 || norm[i-1] != '\\' {
			return i
		}
		from = i + 1
	}
}

// Depth is the number of relative names in a normal form.
func Depth(norm string) int {
	if norm == "" {
		return 0
	}
	return strings.Count(norm, ",") + 1
}

// SplitPretty cuts a name in any RFC 4514 form at its first separator: escaped
// and quoted commas do not count. parent is "" when there is only one relative
// name. Blanks around the separator go.
func SplitPretty(pretty string) (rdn, parent string) {
	quoted := false
	for i := 0; i < len(pretty); i++ {
		switch pretty[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case ',', ';':
			if !quoted {
				return trimRight(pretty[:i]), strings.TrimLeft(pretty[i+1:], " \t\r\n")
			}
		}
	}
	return pretty, ""
}

// trimRight drops trailing blanks that are not escaped.
func trimRight(s string) string {
	end := len(s)
	for end > 0 && isBlank(s[end-1]) {
		end--
	}
	if end < len(s) && end > 0 && s[end-1] == '\\' {
		n := 0
		for i := end - 1; i >= 0 && s[i] == '\\'; i-- {
			n++
		}
		if n%2 == 1 {
			end++
		}
	}
	return s[:end]
}

// IsSuffix tells whether the name of the normal form norm is suffix or stands
// below it. "" is a suffix of every name.
func IsSuffix(norm, suffix string) bool {
	if suffix == "" || norm == suffix {
		return true
	}
	k := len(norm) - len(suffix)
	return k > 1 && norm[k-1] == ',' && norm[k-2] != '\\' && norm[k:] == suffix
}
