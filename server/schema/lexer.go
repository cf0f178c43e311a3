package schema

import (
	"fmt"
	"strings"
)

// DefinitionError says where the text of a definition goes wrong.
type DefinitionError struct {
	Text   string
	Offset int
	Reason string
}

func (e *DefinitionError) Error() string {
	near := e.Text[min(e.Offset, len(e.Text)):]
	if len(near) > 40 {
		near = near[:40] + "..."
	}
	if near == "" {
		return e.Reason + " at the end of the definition"
	}
	return fmt.Sprintf("%s before %q", e.Reason, near)
}

// token kinds: '(' , ')' , '$' , 'w' bare word, 'q' quoted string, 0 the end.
type lexer struct {
	s     string
	i     int
	start int // of the last token
	kind  byte
	text  string
}

func (l *lexer) fail(reason string) error {
	return &DefinitionError{Text: l.s, Offset: l.start, Reason: reason}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// next reads one token. Blanks between tokens may be missing wherever the
// tokens still tell themselves apart.
func (l *lexer) next() error {
	for l.i < len(l.s) && isSpace(l.s[l.i]) {
		l.i++
	}
	l.start = l.i
	if l.i == len(l.s) {
		l.kind, l.text = 0, ""
		return nil
	}
	switch c := l.s[l.i]; c {
	case '(', ')', '$':
		l.kind, l.text = c, l.s[l.i:l.i+1]
		l.i++
	case '\'':
		end := l.closing()
		if end < 0 {
			return l.fail("quoted string without an end")
		}
		l.kind, l.text = 'q', unescape(l.s[l.i+1:end])
		l.i = end + 1
	case '"':
		end := strings.IndexByte(l.s[l.i+1:], '"')
		if end < 0 {
			return l.fail("quoted string without an end")
		}
		l.kind, l.text = 'q', l.s[l.i+1:l.i+1+end]
		l.i += end + 2
	default:
		for l.i < len(l.s) && !isSpace(l.s[l.i]) && !strings.ContainsRune("()$'\"", rune(l.s[l.i])) {
			l.i++
		}
		l.kind, l.text = 'w', l.s[l.start:l.i]
	}
	return nil
}

// closing finds the quote that ends the quoted string at l.i. A quote inside
// should be \27; an apostrophe between letters ("holder's name"), which files
// in use have, does not end the string: only one before a blank, a
// parenthesis, a dollar sign or the end does.
func (l *lexer) closing() int {
	for j := l.i + 1; j < len(l.s); j++ {
		if l.s[j] != '\'' {
			continue
		}
		if j+1 == len(l.s) || isSpace(l.s[j+1]) || strings.IndexByte("()$'", l.s[j+1]) >= 0 {
			return j
		}
	}
	return -1
}

// unescape undoes \27 and \5c (RFC 4512 section 4.1, qdstring); any other
// backslash stands for itself.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+2 < len(s) {
			switch {
			case s[i+1:i+3] == "27":
				b.WriteByte('\'')
				i += 2
				continue
			case strings.EqualFold(s[i+1:i+3], "5c"):
				b.WriteByte('\\')
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// word takes the current token as a single word, quoted or not.
func (l *lexer) word(what string) (string, error) {
	if err := l.next(); err != nil {
		return "", err
	}
	if l.kind != 'w' && l.kind != 'q' || l.text == "" {
		return "", l.fail("expected " + what)
	}
	return l.text, nil
}

// list reads one word, or words in parentheses with or without dollar signs.
func (l *lexer) list(what string) ([]string, error) {
	if err := l.next(); err != nil {
		return nil, err
	}
	if l.kind == 'w' || l.kind == 'q' {
		return []string{l.text}, nil
	}
	if l.kind != '(' {
		return nil, l.fail("expected " + what)
	}
	var out []string
	for {
		if err := l.next(); err != nil {
			return nil, err
		}
		switch l.kind {
		case ')':
			return out, nil
		case '$':
		case 'w', 'q':
			if len(out) == maxNames {
				return nil, l.fail("list too long")
			}
			out = append(out, l.text)
		default:
			return nil, l.fail("list without an end")
		}
	}
}

// names reads a list and checks each against ok.
func (l *lexer) names(what string, ok func(string) bool) ([]string, error) {
	out, err := l.list(what)
	if err != nil {
		return nil, err
	}
	for _, n := range out {
		if !ok(n) {
			return nil, l.fail(fmt.Sprintf("%q is not %s", n, what))
		}
	}
	return out, nil
}

// isDescr: keystring of RFC 4512 section 1.4; underscores pass as 389's files
// and many private schemas have them, and a leading digit behind letters only.
func isDescr(s string) bool {
	if s == "" || !isAlpha(s[0]) {
		return false
	}
	for i := 1; i < len(s); i++ {
		if c := s[i]; !isAlpha(c) && !isDigit(c) && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// IsNumericOID tells whether s is a numericoid (RFC 4512 section 1.4).
func IsNumericOID(s string) bool {
	arcs := 0
	for {
		i := 0
		for i < len(s) && isDigit(s[i]) {
			i++
		}
		if i == 0 || i > 1 && s[0] == '0' {
			return false
		}
		arcs++
		if i == len(s) {
			return arcs > 1
		}
		if s[i] != '.' {
			return false
		}
		s = s[i+1:]
	}
}

// isOIDWord: a numericoid, a descr (389 uses "name-oid" for an OID), or an
// OpenLDAP macro with a suffix, "macro:1.2".
func isOIDWord(s string) bool {
	if IsNumericOID(s) || isDescr(s) {
		return true
	}
	i := strings.IndexByte(s, ':')
	if i < 0 || !isDescr(s[:i]) {
		return false
	}
	rest := s[i+1:]
	return IsNumericOID(rest) || rest != "" && strings.Trim(rest, "0123456789") == ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlpha(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
