package config

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// maxLine bounds one logical line of a configuration file.
const maxLine = 1 << 20

// LineError is an error in a configuration file.
type LineError struct {
	File string
	Line int
	Text string
}

func (e *LineError) Error() string {
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text)
}

// line is one logical line: its words, and the text behind the first word as
// written (schema definitions keep their own quotes).
type line struct {
	file  string
	num   int // of its first physical line
	words []string
	rest  string
}

// where names the line for messages.
func (l *line) where() string { return fmt.Sprintf("%s:%d", l.file, l.num) }

func (l *line) errorf(format string, args ...any) error {
	return &LineError{l.file, l.num, fmt.Sprintf(format, args...)}
}

// lineReader gives the logical lines of a file: a physical line that begins
// with white space continues the one before it, then lines that begin with '#'
// and blank lines are left out (slapd.conf(5)).
type lineReader struct {
	file string
	in   *bufio.Reader
	num  int    // physical lines read
	next string // a line read ahead
	have bool
	eof  bool
}

func newLineReader(r io.Reader, file string) *lineReader {
	return &lineReader{file: file, in: bufio.NewReaderSize(r, 8192)}
}

// physical reads one line without its end; ok is false at the end of the file.
func (r *lineReader) physical() (text string, ok bool, err error) {
	if r.have {
		r.have = false
		return r.next, true, nil
	}
	if r.eof {
		return "", false, nil
	}
	var b strings.Builder
	for {
		part, err := r.in.ReadSlice('\n')
		b.Write(part)
		if b.Len() > maxLine {
			return "", false, &LineError{r.file, r.num + 1, "line too long"}
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == io.EOF {
			r.eof = true
			if b.Len() == 0 {
				return "", false, nil
			}
		} else if err != nil {
			return "", false, fmt.Errorf("%s: %w", r.file, err)
		}
		break
	}
	r.num++
	return strings.TrimRight(b.String(), "\r\n"), true, nil
}

func (r *lineReader) unread(text string) { r.next, r.have = text, true }

// read gives the next logical line, nil at the end of the file.
func (r *lineReader) read() (*line, error) {
	for {
		text, ok, err := r.physical()
		if err != nil || !ok {
			return nil, err
		}
		num := r.num
		var b strings.Builder
		b.WriteString(text)
		for {
			more, ok, err := r.physical()
			if err != nil {
				return nil, err
			}
			if !ok {
				break
			}
			if more == "" || (more[0] != ' ' && more[0] != '\t') {
				r.unread(more)
				break
			}
			b.WriteByte(' ')
			b.WriteString(strings.TrimLeft(more, " \t"))
			if b.Len() > maxLine {
				return nil, &LineError{r.file, num, "line too long"}
			}
		}
		full := b.String()
		if full == "" || full[0] == '#' || strings.TrimSpace(full) == "" {
			continue
		}
		l := &line{file: r.file, num: num}
		if l.words, err = splitWords(full); err != nil {
			return nil, l.errorf("%v", err)
		}
		if len(l.words) == 0 {
			continue
		}
		full = strings.TrimSpace(full)
		if i := strings.IndexAny(full, " \t"); i >= 0 {
			l.rest = strings.TrimSpace(full[i:])
		}
		return l, nil
	}
}

// splitWords cuts a line at white space. Double quotes group, anywhere in a
// word; a backslash takes the next character as it is.
func splitWords(text string) ([]string, error) {
	var words []string
	var b strings.Builder
	inWord, quoted := false, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
			inWord = true
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
			inWord = true
		case !quoted && (c == ' ' || c == '\t'):
			if inWord {
				words = append(words, b.String())
				b.Reset()
				inWord = false
			}
		default:
			b.WriteByte(c)
			inWord = true
		}
	}
	if quoted {
		return nil, fmt.Errorf("unterminated quoted string %q", b.String())
	}
	if inWord {
		words = append(words, b.String())
	}
	return words, nil
}

// quoteWord writes a word so that splitWords gives it back.
func quoteWord(w string) string {
	if w != "" && !strings.ContainsAny(w, " \t\"\\") {
		return w
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w) + `"`
}

func quoteWords(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(quoteWord(w))
	}
	return b.String()
}
