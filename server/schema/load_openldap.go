package schema

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

const maxLine = 1 << 20

// FileError tells where a schema file is wrong.
type FileError struct {
	File string
	Line int
	Err  error
}

func (e *FileError) Error() string { return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err) }
func (e *FileError) Unwrap() error { return e.Err }

// LoadOpenLDAP adds the elements of a file in the form of OpenLDAP's .schema
// files (slapd.conf(5): objectidentifier, attributetype, objectclass,
// ldapsyntax, ditcontentrule). file is its name for errors, which are
// *FileError. A definition with the OID of a built-in element is skipped; any
// other repeated OID or name is an error. On an error s is as it was.
func (s *Schema) LoadOpenLDAP(r io.Reader, file string) error {
	work := s.Clone()
	err := logicalLines(r, func(line int, text string) error {
		if err := work.directive(text, fmt.Sprintf("%s:%d", file, line)); err != nil {
			return &FileError{file, line, err}
		}
		return nil
	})
	if err != nil {
		if _, ok := err.(*FileError); !ok {
			err = fmt.Errorf("%s: %w", file, err)
		}
		return err
	}
	*s = *work
	s.share()
	return nil
}

// Directive adds the element of one logical line of slapd.conf, which begins
// with a schema keyword (see IsDirective).
func (s *Schema) Directive(text string) error {
	if err := s.directive(text, ""); err != nil {
		return err
	}
	s.share()
	return nil
}

// IsDirective tells whether a word of slapd.conf begins a schema definition.
func IsDirective(word string) bool {
	switch word = strings.ToLower(word); word {
	case "objectclass", "objectidentifier", "ldapsyntax", "ditcontentrule":
		return true
	}
	return strings.HasPrefix(word, "attribute")
}

func (s *Schema) directive(text, where string) error {
	word, rest := text, ""
	if i := strings.IndexAny(text, " \t\r\n("); i >= 0 {
		word, rest = text[:i], strings.TrimSpace(text[i:])
	}
	var kind elementKind
	if !IsDirective(word) {
		return fmt.Errorf("unknown directive %q", word)
	}
	switch strings.ToLower(word) {
	case "objectidentifier":
		f := strings.Fields(rest)
		if len(f) != 2 {
			return fmt.Errorf("objectidentifier takes a name and an OID")
		}
		return s.AddObjectIdentifier(unquote(f[0]), unquote(f[1]))
	case "objectclass":
		kind = classElement
	case "ldapsyntax":
		kind = syntaxElement
	case "ditcontentrule":
		kind = contentRuleElement
	default: // slapd takes any word that begins with "attribute", and dsee.schema has a slip
		kind = attributeElement
	}
	d, err := parseDefinition(rest, kind)
	if err != nil {
		return err
	}
	d.where = where
	switch kind {
	case attributeElement:
		err = s.addType(d)
	case classElement:
		err = s.addClass(d)
	case syntaxElement:
		err = s.addSyntax(d)
	case contentRuleElement:
		err = s.addContentRule(d)
	}
	if err != nil && len(d.names) > 0 {
		return fmt.Errorf("%s: %w", d.names[0], err)
	}
	return err
}

func unquote(s string) string { return strings.Trim(s, `'"`) }

// logicalLines calls f for each line with the lines that continue it (those
// that begin with a blank) joined on, comments and empty lines left out.
func logicalLines(r io.Reader, f func(line int, text string) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 64<<10), maxLine)
	var text strings.Builder
	start, n := 0, 0
	flush := func() error {
		if text.Len() == 0 {
			return nil
		}
		t := strings.TrimSpace(text.String())
		text.Reset()
		if t == "" {
			return nil
		}
		return f(start, t)
	}
	for sc.Scan() {
		n++
		line := strings.TrimRight(sc.Text(), "\r")
		if line == "" || line[0] == '#' {
			if line == "" {
				if err := flush(); err != nil {
					return err
				}
			}
			continue
		}
		if line[0] == ' ' || line[0] == '\t' {
			if text.Len() > 0 {
				if text.Len()+len(line) > maxDefinition {
					return fmt.Errorf("definition at line %d is too long", start)
				}
				text.WriteString(" ")
				text.WriteString(strings.TrimSpace(line))
			} else if t := strings.TrimSpace(line); t != "" && t[0] != '#' {
				return fmt.Errorf("line %d continues nothing", n)
			}
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		start = n
		text.WriteString(line)
	}
	if err := sc.Err(); err != nil {
		return fmt.Errorf("line %d: %w", n+1, err)
	}
	return flush()
}
