package schema

import (
	"errors"
	"strconv"
	"strings"
)

// Limits on one definition; a client may send one.
const (
	maxDefinition = 256 << 10
	maxNames      = 4096 // words in one list
)

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
