package schema

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Limits on one definition; a client may send one.
const (
	maxDefinition = 256 << 10
	maxNames      = 4096 // words in one list
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

// definition is what the text of any schema element says (RFC 4512 section
// 4.1), references still by name. Each kind of element uses its own part.
type definition struct {
	oid      string
	names    []string
	desc     string
	obsolete bool
	sups     []string

	equality, ordering, substr, syntax string
	length                             int
	single, collective, noUserMod      bool
	usage                              Usage

	kind           Kind
	must, may, not []string
	aux            []string
	applies        []string
	form, oc       string
	ruleid         int
	extensions     []Extension

	builtin bool   // ours, not from a file or a client
	where   string // "file:line", "" for others
}

// elementKind selects the keywords that a definition may have.
type elementKind int

const (
	attributeElement elementKind = iota
	classElement
	syntaxElement
	ruleElement
	ruleUseElement
	contentRuleElement
	nameFormElement
	structureRuleElement
)

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

// parseDefinition reads the text of one schema element. Keywords in any order
// and case; quotes around an OID, blanks left out and unquoted names pass, as
// the peers let them.
func parseDefinition(text string, kind elementKind) (*definition, error) {
	if len(text) > maxDefinition {
		return nil, errors.New("definition too long")
	}
	l := &lexer{s: text}
	d := &definition{}
	if err := l.next(); err != nil {
		return nil, err
	}
	if l.kind != '(' {
		return nil, l.fail("expected '('")
	}
	id, err := l.word("an OID")
	if err != nil {
		return nil, err
	}
	d.oid = id
	if kind == structureRuleElement {
		if d.ruleid, err = strconv.Atoi(id); err != nil || d.ruleid < 0 {
			return nil, l.fail("expected a rule number")
		}
	} else if !isOIDWord(id) {
		return nil, l.fail("expected an OID")
	}
	for {
		if err := l.next(); err != nil {
			return nil, err
		}
		switch l.kind {
		case ')':
			if err := l.next(); err != nil {
				return nil, err
			}
			if l.kind != 0 {
				return nil, l.fail("text after the definition")
			}
			return d, nil
		case 'w':
			if err := d.item(l, strings.ToUpper(l.text), kind); err != nil {
				return nil, err
			}
		case 0:
			return nil, l.fail("expected ')'")
		default:
			return nil, l.fail("expected a keyword")
		}
	}
}

// item reads what follows one keyword.
func (d *definition) item(l *lexer, key string, kind elementKind) (err error) {
	if strings.HasPrefix(key, "X-") {
		name := l.text
		values, err := l.list("the values of " + key)
		if err != nil {
			return err
		}
		d.extensions = append(d.extensions, Extension{Name: name, Values: values})
		return nil
	}
	switch key {
	case "NAME":
		d.names, err = l.names("a name", isDescr)
		return err
	case "DESC":
		// An empty description and one in parentheses pass.
		list, err := l.list("a description")
		d.desc = strings.Join(list, " ")
		return err
	case "OBSOLETE":
		d.obsolete = true
		return nil
	}
	switch kind {
	case attributeElement:
		return d.attributeItem(l, key)
	case classElement:
		switch key {
		case "SUP":
			d.sups, err = l.names("an object class", isOIDWord)
			return err
		case "ABSTRACT", "STRUCTURAL", "AUXILIARY":
			d.kind = map[string]Kind{"ABSTRACT": Abstract, "STRUCTURAL": Structural, "AUXILIARY": Auxiliary}[key]
			return nil
		case "MUST", "MAY":
			return d.attributes(l, key)
		}
	case ruleElement:
		if key == "SYNTAX" {
			return d.syntaxItem(l)
		}
	case ruleUseElement:
		if key == "APPLIES" {
			d.applies, err = l.names("an attribute type", isOIDWord)
			return err
		}
	case contentRuleElement:
		switch key {
		case "AUX":
			d.aux, err = l.names("an object class", isOIDWord)
			return err
		case "MUST", "MAY", "NOT":
			return d.attributes(l, key)
		}
	case nameFormElement:
		switch key {
		case "OC":
			d.oc, err = l.word("an object class")
			return err
		case "MUST", "MAY":
			return d.attributes(l, key)
		}
	case structureRuleElement:
		switch key {
		case "FORM":
			d.form, err = l.word("a name form")
			return err
		case "SUP":
			d.sups, err = l.list("a rule number")
			return err
		}
	}
	return l.fail("unknown keyword " + strconv.Quote(key))
}

func (d *definition) attributes(l *lexer, key string) error {
	names, err := l.names("an attribute type", isOIDWord)
	switch key {
	case "MUST":
		d.must = append(d.must, names...)
	case "MAY":
		d.may = append(d.may, names...)
	case "NOT":
		d.not = append(d.not, names...)
	}
	return err
}

func (d *definition) attributeItem(l *lexer, key string) (err error) {
	switch key {
	case "SUP":
		d.sups, err = l.names("an attribute type", isOIDWord)
		if err == nil && len(d.sups) > 1 {
			return l.fail("more than one supertype")
		}
	case "EQUALITY":
		d.equality, err = l.word("a matching rule")
	case "ORDERING":
		d.ordering, err = l.word("a matching rule")
	case "SUBSTR":
		d.substr, err = l.word("a matching rule")
	case "SYNTAX":
		err = d.syntaxItem(l)
	case "SINGLE-VALUE":
		d.single = true
	case "COLLECTIVE":
		d.collective = true
	case "NO-USER-MODIFICATION":
		d.noUserMod = true
	case "USAGE":
		var u string
		if u, err = l.word("a usage"); err != nil {
			return err
		}
		switch strings.ToLower(u) {
		case "userapplications":
			d.usage = UserApplications
		case "directoryoperation":
			d.usage = DirectoryOperation
		case "distributedoperation":
			d.usage = DistributedOperation
		case "dsaoperation":
			d.usage = DSAOperation
		default:
			return l.fail("unknown usage " + strconv.Quote(u))
		}
	default:
		return l.fail("unknown keyword " + strconv.Quote(key))
	}
	return err
}

// syntaxItem reads noidlen: an OID or name and perhaps {length}.
func (d *definition) syntaxItem(l *lexer) error {
	word, err := l.word("a syntax")
	if err != nil {
		return err
	}
	if i := strings.IndexByte(word, '{'); i >= 0 {
		n, err := strconv.Atoi(strings.TrimSuffix(word[i+1:], "}"))
		if err != nil || n < 0 || !strings.HasSuffix(word, "}") {
			return l.fail("bad length of a syntax")
		}
		d.length, word = n, word[:i]
	}
	if !isOIDWord(word) {
		return l.fail("expected a syntax")
	}
	d.syntax = word
	return nil
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
