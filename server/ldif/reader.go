package ldif

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"libslapi/server/wire"
)

// MaxRecord is the default limit on the size of one record.
const MaxRecord = 256 << 20

// Reader reads records one after the other.
type Reader struct {
	// AllowFiles lets a value be a file: URL ("jpegPhoto:< file:///x.jpg"),
	// whose contents are read then and there. Without it such a line is an error.
	AllowFiles bool
	// MaxRecord limits the octets of one record; files that it names count.
	MaxRecord int

	in      *bufio.Reader
	file    string
	line    int  // of the physical line read last
	begun   bool // something but comments and blank lines has been read
	buf     []byte
	lines   []span // logical lines of the present record in buf
	size    int
	pending error // what ends the input after the present record
}

// span is one unfolded line: buf[start:end], which began at line.
type span struct{ start, end, line int }

// NewReader returns a Reader of r; file names it in errors.
func NewReader(r io.Reader, file string) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, 64<<10), file: file, MaxRecord: MaxRecord, size: 512}
}

func (r *Reader) errorf(line int, format string, args ...any) error {
	return &Error{File: r.file, Line: line, Reason: fmt.Sprintf(format, args...)}
}

// Next returns the next record, io.EOF after the last one. After an *Error,
// which is about one record, the next call goes on with the record behind it;
// other errors are the input's and stay. The record owns its memory.
func (r *Reader) Next() (*Record, error) {
	for {
		if err := r.readLines(); err != nil {
			return nil, err
		}
		if !r.begun {
			r.begun = true
			name, _, _, err := r.split(r.lines[0])
			if err == nil && strings.EqualFold(name, "version") {
				if _, v, _, _ := r.split(r.lines[0]); string(v) != "1" {
					return nil, r.errorf(r.lines[0].line, "LDIF version %q is unknown", v)
				}
				if r.lines = r.lines[1:]; len(r.lines) == 0 {
					continue
				}
			}
		}
		return r.record()
	}
}

// readLines collects the unfolded lines up to the next blank line.
func (r *Reader) readLines() error {
	if r.pending != nil {
		return r.pending
	}
	r.buf, r.lines = make([]byte, 0, r.size), r.lines[:0]
	comment, tooLong := false, 0
	for {
		start := len(r.buf)
		ended, err := r.physical()
		text := r.buf[start:]
		if len(r.buf) > r.MaxRecord && tooLong == 0 {
			tooLong = r.line
		}
		if tooLong != 0 { // read on to the end of the record, keep nothing
			r.buf, r.lines = r.buf[:0], r.lines[:0]
		}
		switch {
		case len(text) == 0: // blank, or the end
		case tooLong != 0:
		case text[0] == ' ' || text[0] == '\t':
			if comment {
				r.buf = r.buf[:start]
			} else if n := len(r.lines); n > 0 {
				copy(r.buf[start:], text[1:])
				r.buf = r.buf[:len(r.buf)-1]
				r.lines[n-1].end = len(r.buf)
			} else {
				tooLong = 0
				line := r.line
				r.skip(err)
				return r.errorf(line, "continuation without a line before it")
			}
		case text[0] == '#':
			comment = true
			r.buf = r.buf[:start]
		default:
			comment = false
			r.lines = append(r.lines, span{start, len(r.buf), r.line})
		}
		if err != nil {
			r.pending = err
			if !errors.Is(err, io.EOF) {
				return err
			}
		}
		if ended && len(text) == 0 || err != nil {
			if tooLong != 0 {
				return r.errorf(tooLong, "record of more than %d octets", r.MaxRecord)
			}
			if len(r.lines) > 0 {
				r.size = min(max(len(r.buf), 512), 64<<10)
				return nil
			}
			if err != nil {
				return err
			}
			comment = false
		}
	}
}

// physical appends the next line to buf, without its end. ended tells whether
// there was one.
func (r *Reader) physical() (ended bool, err error) {
	start := len(r.buf)
	for {
		part, err := r.in.ReadSlice('\n')
		r.buf = append(r.buf, part...)
		if err == bufio.ErrBufferFull {
			if len(r.buf) > r.MaxRecord { // an endless line: keep no more of it
				r.buf = append(r.buf[:start], make([]byte, 1)...)
				r.buf[start] = '#'
				return r.drop()
			}
			continue
		}
		if n := len(r.buf); err == nil {
			r.line++
			r.buf = r.buf[:n-1]
			if n-1 > start && r.buf[n-2] == '\r' {
				r.buf = r.buf[:n-2]
			}
			return true, nil
		}
		if len(r.buf) > start {
			r.line++
		}
		return false, err
	}
}

// drop reads to the end of an over-long line and makes the record too long.
func (r *Reader) drop() (bool, error) {
	for {
		_, err := r.in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			continue
		}
		r.line++
		r.buf = append(r.buf, make([]byte, max(0, r.MaxRecord+1-len(r.buf)))...)
		return err == nil, err
	}
}

// skip reads to the end of a record that is not wanted.
func (r *Reader) skip(err error) {
	for err == nil {
		var ended bool
		r.buf = r.buf[:0]
		if ended, err = r.physical(); ended && len(r.buf) == 0 {
			return
		}
	}
	r.pending = err
}

// split takes one line apart: the name, and the value decoded from whichever
// of the three forms it has. url tells that it was a URL.
func (r *Reader) split(s span) (name string, value []byte, fromURL bool, err error) {
	text := r.buf[s.start:s.end:s.end]
	i := bytes.IndexByte(text, ':')
	if i <= 0 {
		return "", nil, false, r.errorf(s.line, "a line without a name and a colon")
	}
	name = string(bytes.TrimRight(text[:i], " "))
	text = text[i+1:]
	switch {
	case len(text) > 0 && text[0] == ':':
		value, err = base64.StdEncoding.DecodeString(string(bytes.TrimSpace(text[1:])))
		if err != nil {
			return "", nil, false, r.errorf(s.line, "%s: bad base 64", name)
		}
		return name, value, false, nil
	case len(text) > 0 && text[0] == '<':
		value, err = r.fetch(s.line, name, string(bytes.TrimSpace(text[1:])))
		return name, value, true, err
	}
	for len(text) > 0 && text[0] == ' ' {
		text = text[1:]
	}
	return name, text, false, nil
}

// fetch reads the file that a URL names.
func (r *Reader) fetch(line int, name, text string) ([]byte, error) {
	if !r.AllowFiles {
		return nil, r.errorf(line, "%s: values from URLs are not allowed here", name)
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "file" || (u.Host != "" && u.Host != "localhost") {
		return nil, r.errorf(line, "%s: not a file URL", name)
	}
	f, err := os.Open(u.Path)
	if err != nil {
		return nil, r.errorf(line, "%s: %v", name, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, int64(r.MaxRecord)+1))
	if err != nil {
		return nil, r.errorf(line, "%s: %v", name, err)
	}
	if len(b) > r.MaxRecord {
		return nil, r.errorf(line, "%s: the file has more than %d octets", name, r.MaxRecord)
	}
	return b, nil
}

// record reads the collected lines.
func (r *Reader) record() (*Record, error) {
	first := r.lines[0]
	name, value, fromURL, err := r.split(first)
	if err != nil {
		return nil, err
	}
	if !strings.EqualFold(name, "dn") || fromURL {
		return nil, r.errorf(first.line, "a record begins with dn:, not with %s:", name)
	}
	rec := &Record{DN: string(value), Line: first.line}
	lines := r.lines[1:]
	for len(lines) > 0 {
		name, value, _, err := r.split(lines[0])
		if err != nil {
			return nil, err
		}
		if strings.EqualFold(name, "control") {
			c, err := r.control(lines[0], value)
			if err != nil {
				return nil, err
			}
			rec.Controls = append(rec.Controls, c)
			lines = lines[1:]
			continue
		}
		if strings.EqualFold(name, "changetype") {
			rec.ChangeType = strings.ToLower(strings.TrimRight(string(value), " "))
			return rec, r.change(rec, lines[0].line, lines[1:])
		}
		break
	}
	if len(rec.Controls) > 0 {
		return nil, r.errorf(first.line, "controls without a changetype")
	}
	return rec, r.attributes(rec, lines)
}

// attributes reads the lines of a content record or of an add.
func (r *Reader) attributes(rec *Record, lines []span) error {
	for _, l := range lines {
		name, value, _, err := r.split(l)
		if err != nil {
			return err
		}
		rec.Attrs = join(rec.Attrs, name, value)
	}
	return nil
}

// join adds a value to the attribute of that description.
func join(attrs []wire.Attribute, name string, value []byte) []wire.Attribute {
	for i := len(attrs) - 1; i >= 0; i-- {
		if len(attrs[i].Type) == len(name) && strings.EqualFold(attrs[i].Type, name) {
			attrs[i].Values = append(attrs[i].Values, value)
			return attrs
		}
	}
	return append(attrs, wire.Attribute{Type: name, Values: [][]byte{value}})
}

// control reads "OID [true|false][:[:] value]". The value that split gives
// still has the control's own colon in it.
func (r *Reader) control(l span, text []byte) (wire.Control, error) {
	head, rest, valued := strings.Cut(string(text), ":")
	words := strings.Fields(head)
	var c wire.Control
	if len(words) == 0 || len(words) > 2 {
		return c, r.errorf(l.line, "bad control")
	}
	c.OID = words[0]
	if len(words) == 2 {
		switch strings.ToLower(words[1]) {
		case "true":
			c.Critical = true
		case "false":
		default:
			return c, r.errorf(l.line, "bad criticality of a control")
		}
	}
	if !valued {
		return c, nil
	}
	c.HasValue = true
	var err error
	switch {
	case strings.HasPrefix(rest, ":"):
		if c.Value, err = base64.StdEncoding.DecodeString(strings.TrimSpace(rest[1:])); err != nil {
			return c, r.errorf(l.line, "control: bad base 64")
		}
	case strings.HasPrefix(rest, "<"):
		c.Value, err = r.fetch(l.line, "control", strings.TrimSpace(rest[1:]))
	default:
		c.Value = []byte(strings.TrimLeft(rest, " "))
	}
	return c, err
}

// change reads what follows changetype.
func (r *Reader) change(rec *Record, line int, lines []span) error {
	switch rec.ChangeType {
	case "add":
		return r.attributes(rec, lines)
	case "delete":
		if len(lines) > 0 {
			return r.errorf(lines[0].line, "a delete has nothing behind its changetype")
		}
		return nil
	case "modify":
		return r.modify(rec, lines)
	case "modrdn", "moddn":
		rec.ChangeType = "modrdn"
		return r.rename(rec, line, lines)
	}
	return r.errorf(line, "changetype %q is unknown", rec.ChangeType)
}

var modOps = map[string]wire.ModOp{
	"add": wire.ModAdd, "delete": wire.ModDelete, "replace": wire.ModReplace, "increment": wire.ModIncrement,
}

func (r *Reader) modify(rec *Record, lines []span) error {
	for i := 0; i < len(lines); {
		if r.dash(lines[i]) {
			i++
			continue
		}
		name, value, _, err := r.split(lines[i])
		if err != nil {
			return err
		}
		op, ok := modOps[strings.ToLower(name)]
		if !ok {
			return r.errorf(lines[i].line, "%s: no kind of modification", name)
		}
		c := wire.Change{Op: op, Type: strings.TrimRight(string(value), " ")}
		if c.Type == "" {
			return r.errorf(lines[i].line, "%s without an attribute", name)
		}
		for i++; i < len(lines) && !r.dash(lines[i]); i++ {
			name, value, _, err := r.split(lines[i])
			if err != nil {
				return err
			}
			if !strings.EqualFold(name, c.Type) {
				return r.errorf(lines[i].line, "%s does not belong to the modification of %s", name, c.Type)
			}
			c.Values = append(c.Values, value)
		}
		rec.Changes = append(rec.Changes, c)
	}
	return nil
}

// dash tells whether a line is the "-" that ends a modification.
func (r *Reader) dash(s span) bool { return string(bytes.TrimRight(r.buf[s.start:s.end], " ")) == "-" }

func (r *Reader) rename(rec *Record, line int, lines []span) error {
	haveRDN, haveDelete := false, false
	for _, l := range lines {
		name, value, _, err := r.split(l)
		if err != nil {
			return err
		}
		switch strings.ToLower(name) {
		case "newrdn":
			rec.NewRDN, haveRDN = string(value), true
		case "deleteoldrdn":
			switch v := strings.TrimRight(string(value), " "); v {
			case "0", "1":
				rec.DeleteOldRDN, haveDelete = v == "1", true
			default:
				return r.errorf(l.line, "deleteoldrdn is 0 or 1")
			}
		case "newsuperior":
			rec.NewSuperior, rec.HasNewSuperior = string(value), true
		default:
			return r.errorf(l.line, "%s does not belong to a rename", name)
		}
	}
	if !haveRDN || !haveDelete {
		return r.errorf(line, "a rename needs newrdn and deleteoldrdn")
	}
	return nil
}
