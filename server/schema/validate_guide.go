package schema

import (
	"strconv"
	"strings"
)

// Guides (RFC 4517 sections 3.3.10, 3.3.14) and subtree specifications (RFC 3672).

// validGuide: [class "#"] criteria.
func validGuide(v []byte) error {
	s := string(v)
	if class, rest, ok := strings.Cut(s, "#"); ok {
		if err := validOID([]byte(strings.Trim(class, " "))); err != nil {
			return err
		}
		s = rest
	}
	return criteria(s)
}

// validEnhancedGuide: class "#" criteria "#" subset.
func validEnhancedGuide(v []byte) error {
	parts := strings.Split(string(v), "#")
	if len(parts) != 3 {
		return errFormat
	}
	if err := validOID([]byte(strings.Trim(parts[0], " "))); err != nil {
		return err
	}
	switch strings.ToLower(strings.Trim(parts[2], " ")) {
	case "baseobject", "onelevel", "wholesubtree":
	default:
		return errFormat
	}
	return criteria(parts[1])
}

const maxNesting = 64

// criteria: terms with "&", "|", "!", parentheses, "?true", "?false" and
// "type$match".
func criteria(s string) error {
	g := &guide{s: s}
	if err := g.or(0); err != nil {
		return err
	}
	if g.blank(); g.i != len(s) {
		return errFormat
	}
	return nil
}

type guide struct {
	s string
	i int
}

func (g *guide) blank() {
	for g.i < len(g.s) && g.s[g.i] == ' ' {
		g.i++
	}
}

func (g *guide) take(c byte) bool {
	g.blank()
	if g.i < len(g.s) && g.s[g.i] == c {
		g.i++
		return true
	}
	return false
}

func (g *guide) or(depth int) error {
	for {
		if err := g.and(depth); err != nil {
			return err
		}
		if !g.take('|') {
			return nil
		}
	}
}

func (g *guide) and(depth int) error {
	for {
		if err := g.term(depth); err != nil {
			return err
		}
		if !g.take('&') {
			return nil
		}
	}
}

func (g *guide) term(depth int) error {
	if depth > maxNesting {
		return errFormat
	}
	switch {
	case g.take('!'):
		return g.term(depth + 1)
	case g.take('('):
		if err := g.or(depth + 1); err != nil {
			return err
		}
		if !g.take(')') {
			return errFormat
		}
		return nil
	}
	start := g.i
	for g.i < len(g.s) && strings.IndexByte("&|()! ", g.s[g.i]) < 0 {
		g.i++
	}
	word := g.s[start:g.i]
	switch strings.ToLower(word) {
	case "?true", "?false":
		return nil
	}
	typ, match, ok := strings.Cut(word, "$")
	if !ok {
		return errFormat
	}
	switch strings.ToUpper(match) {
	case "EQ", "SUBSTR", "GE", "LE", "APPROX":
		return validOID([]byte(typ))
	}
	return errFormat
}

// validSubtreeSpecification checks the GSER text of RFC 3672 appendix A:
// "{ base "dn", specificExclusions { ... }, minimum n, maximum n,
// specificationFilter ... }", every part optional.
func validSubtreeSpecification(v []byte) error {
	s := strings.TrimSpace(string(v))
	if len(s) < 2 || s[0] != '{' || s[len(s)-1] != '}' {
		return errFormat
	}
	depth, quoted := 0, false
	var parts []string
	start := 1
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted:
			quoted = c != '"'
		case c == '"':
			quoted = true
		case c == '{':
			depth++
		case c == '}':
			if depth--; depth < 0 || depth == 0 && i != len(s)-1 {
				return errFormat
			}
		case c == ',' && depth == 1:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	if quoted || depth != 0 {
		return errFormat
	}
	last := strings.TrimSpace(s[start : len(s)-1])
	if last == "" && len(parts) == 0 {
		return nil
	}
	for _, p := range append(parts, last) {
		if err := subtreePart(strings.TrimSpace(p)); err != nil {
			return err
		}
	}
	return nil
}

func subtreePart(p string) error {
	key, rest, ok := strings.Cut(p, " ")
	rest = strings.TrimSpace(rest)
	if !ok || rest == "" {
		return errFormat
	}
	switch key {
	case "base":
		if len(rest) < 2 || rest[0] != '"' || rest[len(rest)-1] != '"' {
			return errFormat
		}
		return validDN([]byte(strings.ReplaceAll(rest[1:len(rest)-1], `""`, `"`)))
	case "minimum", "maximum":
		if n, err := strconv.Atoi(rest); err != nil || n < 0 {
			return errFormat
		}
		return nil
	case "specificExclusions":
		if rest[0] != '{' {
			return errFormat
		}
		return nil
	case "specificationFilter":
		for _, k := range []string{"item:", "and:", "or:", "not:"} {
			if strings.HasPrefix(rest, k) {
				return nil
			}
		}
	}
	return errFormat
}
